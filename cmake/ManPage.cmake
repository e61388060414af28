# cmake -DPROGRAM=… -DTEMPLATE=… -DVERSION=… -DOUTPUT=… -P ManPage.cmake
#
# Writes the manual page: the template, and in the place of @COMMANDS@ what the
# program itself says of its commands, so that the page cannot say anything else.
function(ask result)
  execute_process(COMMAND ${PROGRAM} help ${ARGN} OUTPUT_VARIABLE text RESULT_VARIABLE rc)
  if(rc)
    message(FATAL_ERROR "towndesk help ${ARGN}: exit status ${rc}")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

ask(overview)
string(REGEX MATCHALL "\n  [a-z][a-z -]*  +[^\n]+" rows "${overview}")
set(COMMANDS "")
foreach(row IN LISTS rows)
  string(REGEX REPLACE "^\n  ([a-z]+( [a-z]+)?) .*$" "\\1" name "${row}")
  string(REPLACE " " ";" words "${name}")
  ask(text ${words})
  string(REGEX REPLACE "^[^\n]*\n\n" "" text "${text}") # the summary stands in the heading's place
  string(REGEX REPLACE "^.*  +" "" summary "${row}")
  string(REPLACE "\\" "\\e" text "${text}")
  string(REPLACE "-" "\\-" text "${text}")
  string(REGEX REPLACE "(^|\n)([.'])" "\\1\\\\\\&\\2" text "${text}")
  string(REGEX REPLACE "\n+$" "" text "${text}")
  string(APPEND COMMANDS ".SS towndesk ${name}\n${summary}.\n.PP\n.EX\n${text}\n.EE\n")
endforeach()
if(NOT rows)
  message(FATAL_ERROR "towndesk help lists no commands")
endif()
string(REGEX REPLACE "\n$" "" COMMANDS "${COMMANDS}")
set(PROJECT_VERSION ${VERSION})
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)

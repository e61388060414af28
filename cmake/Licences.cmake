# cmake -DPREFIXES="<prefix>|<prefix>" -DSTAFF=<directory> -DOUTPUT=… -P Licences.cmake
#
# One file of the licences of all that is inside the executable: the libraries
# that are linked in, and what the staff's board is bundled from.
set(rows "")
string(REPLACE "|" ";" prefixes "${PREFIXES}")
foreach(prefix IN LISTS prefixes)
  file(GLOB licences ${prefix}/licences/*.txt)
  foreach(licence IN LISTS licences)
    cmake_path(GET licence STEM name)
    list(APPEND rows "${name}|${licence}")
  endforeach()
endforeach()

# Of npm's packages those that are not for building alone.
if(EXISTS ${STAFF}/package-lock.json AND EXISTS ${STAFF}/node_modules)
  file(READ ${STAFF}/package-lock.json lock)
  string(JSON count LENGTH "${lock}" packages)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON path MEMBER "${lock}" packages ${i})
    string(JSON dev ERROR_VARIABLE none GET "${lock}" packages "${path}" dev)
    if(path MATCHES "^node_modules/(.+)$" AND NOT dev STREQUAL "ON")
      set(name ${CMAKE_MATCH_1})
      file(GLOB licences ${STAFF}/${path}/LICEN[CS]E* ${STAFF}/${path}/licen[cs]e*)
      if(licences)
        list(GET licences 0 licence)
        list(APPEND rows "${name}|${licence}")
      else()
        string(JSON terms ERROR_VARIABLE none GET "${lock}" packages "${path}" license)
        message(WARNING "${name} (${terms}) comes without the text of its licence")
      endif()
    endif()
  endforeach()
endif()

list(SORT rows)
set(text "What is inside this executable besides towndesk itself (see LICENSE), and on
which terms. libexif is under the LGPL: towndesk's own sources and build recipe
are what its section 6 asks for to link it anew.\n")
foreach(row IN LISTS rows)
  string(REPLACE "|" ";" row "${row}")
  list(GET row 0 name)
  list(GET row 1 licence)
  file(READ ${licence} terms)
  string(APPEND text "\n==== ${name} ====\n\n${terms}")
endforeach()
file(WRITE ${OUTPUT} "${text}")

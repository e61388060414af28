# What the build makes with the programs of src/gen, and the rooms that get it:
#
#   words   gen/words/messages.h, .c       from web/locales/{ja,en}.json
#   store   gen/store/schema_embedded.h, .c from schema/*.sql
#   pages   gen/pages/page_<name>.c        from web/pages/<name>.html, part_<name>.c from _<name>.html
#           gen/pages/assets.c             from web/resident and the staff app's bundle
#   (web)   gen/locales/staff.<tag>.json   the staff app's words, with those it shares
#
# The staff app's bundle is Web.cmake's: a target `web_staff` that fills ${CMAKE_BINARY_DIR}/web/staff
# and touches ${CMAKE_BINARY_DIR}/web/staff.stamp. Without that target there is no board app.

set(td_gen ${CMAKE_BINARY_DIR}/gen)
set(td_catalogues web/locales/ja.json web/locales/en.json) # in the order of enum locale
list(TRANSFORM td_catalogues PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE td_catalogue_files)
file(MAKE_DIRECTORY ${td_gen}/words/words ${td_gen}/store/schema ${td_gen}/pages/pages ${td_gen}/locales)
find_program(TOWNDESK_NODE node)

# Words. Sources are named relative to the root, so that a mistake reads web/locales/en.json:12.
add_custom_command(
  OUTPUT ${td_gen}/words/words/messages.h ${td_gen}/words/words/messages.c
  COMMAND $<TARGET_FILE:compile_messages> c ${td_gen}/words ${td_catalogues}
  DEPENDS compile_messages ${td_catalogue_files}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  COMMENT "words: catalogues" VERBATIM)
towndesk_generated(words ${td_gen}/words/words/messages.c ${td_gen}/words/words/messages.h
  PUBLIC ${td_gen}/words)

# The staff app's own catalogues, with the words that it shares with everybody.
set(td_shared_words status.,outcome.,source.,reason.,age.,left.,event.,actor.,problem.)
set(td_staff_catalogues web/locales/staff.ja.json web/locales/staff.en.json)
if(EXISTS ${CMAKE_SOURCE_DIR}/web/locales/staff.ja.json AND EXISTS ${CMAKE_SOURCE_DIR}/web/locales/staff.en.json)
  add_custom_command(
    OUTPUT ${td_gen}/locales/staff.ja.json ${td_gen}/locales/staff.en.json
    COMMAND $<TARGET_FILE:compile_messages> bundle ${td_gen}/locales ${td_shared_words}
      web/locales/ja.json web/locales/staff.ja.json web/locales/en.json web/locales/staff.en.json
    DEPENDS compile_messages ${td_catalogue_files} web/locales/staff.ja.json web/locales/staff.en.json
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "words: the staff app's catalogues" VERBATIM)
  add_custom_target(staff_locales ALL
    DEPENDS ${td_gen}/locales/staff.ja.json ${td_gen}/locales/staff.en.json)
endif()

# The schema.
file(GLOB td_schema RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/*.sql)
if(td_schema)
  list(TRANSFORM td_schema PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE td_schema_files)
  add_custom_command(
    OUTPUT ${td_gen}/store/schema/schema_embedded.h ${td_gen}/store/schema/schema_embedded.c
    COMMAND $<TARGET_FILE:embed_schema> ${td_gen}/store ${td_schema}
    DEPENDS embed_schema ${td_schema_files}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "store: schema" VERBATIM)
  towndesk_generated(store ${td_gen}/store/schema/schema_embedded.c
    ${td_gen}/store/schema/schema_embedded.h PRIVATE ${td_gen}/store ${td_gen}/store/schema)
endif()

# Assets. Deferred to the end of CMakeLists.txt, when it is known whether there is a staff app.
file(GLOB td_resident CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/resident/*)
function(towndesk_embed_assets)
  set(list ${td_gen}/pages/assets.txt)
  set(after ${td_resident})
  if(TARGET web_staff)
    list(APPEND after web_staff ${CMAKE_BINARY_DIR}/web/staff.stamp)
  endif()
  if(TOWNDESK_NODE)
    set(pack COMMAND ${TOWNDESK_NODE} ${CMAKE_SOURCE_DIR}/src/gen/pack_assets.mjs
      ${td_gen}/pages/packed ${list} ${CMAKE_SOURCE_DIR}/web/resident
      staff/=${CMAKE_BINARY_DIR}/web/staff)
  else() # served as they are
    set(rows "")
    foreach(file IN LISTS td_resident)
      cmake_path(GET file FILENAME name)
      string(APPEND rows "${name}\t${file}\t-\t-\n")
    endforeach()
    file(GENERATE OUTPUT ${list} CONTENT "${rows}")
    set(pack "")
  endif()
  add_custom_command(OUTPUT ${td_gen}/pages/assets.c
    ${pack} COMMAND $<TARGET_FILE:embed_assets> ${list} ${td_gen}/pages/assets.c
    DEPENDS embed_assets ${CMAKE_SOURCE_DIR}/src/gen/pack_assets.mjs ${after}
    COMMENT "pages: assets" VERBATIM)
endfunction()

# Pages.
file(GLOB td_templates RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/pages/*.html)
if(td_templates)
  set(td_page_outputs ${td_gen}/pages/pages/templates.h)
  foreach(template IN LISTS td_templates)
    cmake_path(GET template STEM name)
    if(name MATCHES "^_(.*)$")
      list(APPEND td_page_outputs ${td_gen}/pages/part_${CMAKE_MATCH_1}.c)
    else()
      list(APPEND td_page_outputs ${td_gen}/pages/page_${name}.c)
    endif()
  endforeach()
  list(TRANSFORM td_templates PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE td_template_files)
  add_custom_command(
    OUTPUT ${td_page_outputs}
    COMMAND $<TARGET_FILE:compile_pages> ${td_gen}/pages web/locales/ja.json ${td_templates}
    DEPENDS compile_pages ${td_template_files} ${CMAKE_SOURCE_DIR}/web/locales/ja.json
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    COMMENT "pages: templates" VERBATIM)
  cmake_language(DEFER CALL towndesk_embed_assets)
  towndesk_generated(pages ${td_page_outputs} ${td_gen}/pages/assets.c PUBLIC ${td_gen}/pages)
endif()

# What the programs refuse: tests/golden/gen/*.fails must fail, and say why.
function(towndesk_gen_tests)
  if(NOT BUILD_TESTING)
    return()
  endif()
  file(GLOB cases CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/golden/gen/*.fails)
  foreach(case IN LISTS cases)
    cmake_path(GET case STEM name)
    add_test(NAME gen_fails_${name}
      COMMAND sh ${CMAKE_SOURCE_DIR}/tests/golden/gen/fails.sh ${case} ${td_gen} ${CMAKE_C_COMPILER}
        -I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR}/src/pages -I${td_gen}/words)
    set_tests_properties(gen_fails_${name} PROPERTIES LABELS golden TIMEOUT 60)
  endforeach()
endfunction()
cmake_language(DEFER CALL towndesk_gen_tests)

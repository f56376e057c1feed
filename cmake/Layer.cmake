# layer(NAME base DEPS … LIBS …): one folder of src/ = one static library, each of its headers
# compiles alone, its *_test.cpp one unit-test binary beside them.
# ALONE names sources that a unity build compiles by themselves, ALL_ALONE is all of them.
# TESTS_OPTIMISED: the tests' own part must keep pace, also under a sanitizer.
# The target unit_tests builds all of those.
add_custom_target(unit_tests)

# The headers that no source of their own includes before anything else: only these need a
# compilation of their own to show that they stand alone, the others have it by their source.
function(headers_without_a_source RESULT)
  set(alone "")
  foreach(header ${ARGN})
    string(REGEX REPLACE "[.]hpp$" ".cpp" source ${header})
    set(first "")
    if(EXISTS ${source})
      file(STRINGS ${source} first LIMIT_COUNT 1 REGEX "^#include")
    endif()
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/src OUTPUT_VARIABLE name)
    if(NOT first STREQUAL "#include \"${name}\"")
      list(APPEND alone ${header})
    endif()
  endforeach()
  set(${RESULT} ${alone} PARENT_SCOPE)
endfunction()

# Eight sources are one compilation: 30 to 50 % less time. Their unnamed namespaces become one, so
# that two helpers of one name are an error: name one of the sources in ALONE.
function(compile_together TARGET)
  if(TICKSTOCK_UNITY)
    set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

function(layer)
  cmake_parse_arguments(ARG "ALL_ALONE;TESTS_OPTIMISED" "NAME" "DEPS;LIBS;TEST_LIBS;ALONE" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${dir}/*_test.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${dir}/*.hpp)
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()
  if(ARG_ALONE)
    set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
  set(deps ${ARG_DEPS})
  list(TRANSFORM deps PREPEND tickstock_)

  if(sources)
    add_library(tickstock_${ARG_NAME} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(tickstock_${ARG_NAME} PRIVATE ${ARG_LIBS})
  else()
    add_library(tickstock_${ARG_NAME} INTERFACE)
    set(scope INTERFACE)
    target_link_libraries(tickstock_${ARG_NAME} INTERFACE ${ARG_LIBS})
  endif()
  target_include_directories(tickstock_${ARG_NAME} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(tickstock_${ARG_NAME} ${scope} tickstock_flags ${deps})
  if(sources AND NOT ARG_ALL_ALONE)
    compile_together(tickstock_${ARG_NAME})
  endif()
  headers_without_a_source(headers ${headers})
  if(headers)
    target_sources(tickstock_${ARG_NAME} ${scope}
      FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
    set_target_properties(tickstock_${ARG_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()

  if(TICKSTOCK_TESTS AND tests)
    add_executable(${ARG_NAME}_test ${tests})
    if(NOT ARG_ALL_ALONE)
      compile_together(${ARG_NAME}_test)
    endif()
    add_dependencies(unit_tests ${ARG_NAME}_test)
    target_link_libraries(${ARG_NAME}_test PRIVATE
      tickstock_${ARG_NAME} ${ARG_LIBS} ${ARG_TEST_LIBS}
      GTest::gtest_main GTest::gmock ${RAPIDCHECK_LIBRARY})
    if(NOT ARG_TESTS_OPTIMISED)
      target_link_libraries(${ARG_NAME}_test PRIVATE tickstock_test_flags)
    endif()
    target_compile_definitions(${ARG_NAME}_test PRIVATE
      TICKSTOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${ARG_NAME}_test
      TEST_PREFIX "${ARG_NAME}." DISCOVERY_MODE PRE_TEST PROPERTIES LABELS unit)
  endif()
endfunction()

# Compiler flags shared by every target, each with its reason.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(tickstock_flags INTERFACE)

target_compile_options(tickstock_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wconversion -Wsign-conversion            # a price, a size and a count never mix by accident
  -Wformat=2 -Wimplicit-fallthrough -Wnon-virtual-dtor -Woverloaded-virtual
  -ffp-contract=off                         # same doubles on gcc and clang, -O0 and -O2
  -fno-strict-aliasing
  -fstack-protector-strong)

if(NOT TICKSTOCK_UNITY) # there a local name may be the name of another source's helper
  target_compile_options(tickstock_flags INTERFACE -Wshadow)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tickstock_flags INTERFACE
    -Wno-maybe-uninitialized                # GCC 12 false positives in std::variant at -O2
    -fno-delete-null-pointer-checks -fstack-clash-protection)
endif()

if(TICKSTOCK_SANITIZE)
  target_compile_options(tickstock_flags INTERFACE
    -fsanitize=${TICKSTOCK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tickstock_flags INTERFACE -fsanitize=${TICKSTOCK_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(tickstock_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(tickstock_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(tickstock_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# For the sources of unit tests alone, which are half of what a sanitizer build compiles. The sources
# under test keep every check; templates that a test instantiates have these two from nobody, but
# a null pointer there is a crash with a stack all the same.
add_library(tickstock_test_flags INTERFACE)
if(TICKSTOCK_SANITIZE MATCHES "undefined")
  target_compile_options(tickstock_test_flags INTERFACE -O0 -fno-sanitize=null,alignment)
endif()

if(TICKSTOCK_FUZZ)
  target_compile_options(tickstock_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(TICKSTOCK_COVERAGE)
  target_compile_options(tickstock_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(tickstock_flags INTERFACE --coverage)
endif()

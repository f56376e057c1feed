# Every third-party library, found once. docs/DEPENDENCIES.md says why each is here and which
# folder may include it.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
set(PostgreSQL_ADDITIONAL_VERSIONS 15)
find_package(PostgreSQL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(date REQUIRED)
find_package(tsl-robin-map REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(NCURSES REQUIRED IMPORTED_TARGET ncursesw)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# Boost 1.81 is header-only for what we use (Asio, Beast).
add_library(boost_beast INTERFACE)
target_compile_definitions(boost_beast INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_DISABLE_FENCED_BLOCK)  # one I/O thread; TSan cannot read stand-alone fences
target_link_libraries(boost_beast INTERFACE Threads::Threads OpenSSL::SSL OpenSSL::Crypto)

if(TICKSTOCK_TESTS)
  find_package(GTest REQUIRED)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
endif()
if(TICKSTOCK_BENCH)
  find_package(benchmark REQUIRED)
endif()

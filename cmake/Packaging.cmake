# What `cmake --install` puts where, and the Debian package: `cpack -G DEB` in the build folder makes
# package/*.deb from the program and web/dist, both built before (./dev package does all of it).
include(GNUInstallDirs)

set(share ${CMAKE_INSTALL_DATADIR}/tickstock)
set(documentation ${CMAKE_INSTALL_DATADIR}/doc/tickstock)
set(deploy ${PROJECT_SOURCE_DIR}/deploy)

install(TARGETS tickstock RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# The pages, not the folder: an install without them says so.
install(CODE "if(NOT EXISTS \"${PROJECT_SOURCE_DIR}/web/dist/index.html\")
  message(FATAL_ERROR \"web/dist/index.html is missing: the dashboard is built first (npm --prefix web run build)\")
endif()")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/web/dist/ DESTINATION ${share}/web)
install(DIRECTORY ${deploy}/grafana ${deploy}/prometheus DESTINATION ${share})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/ DESTINATION /etc/tickstock)
install(FILES ${deploy}/systemd/tickstock.service DESTINATION lib/systemd/system)
install(FILES ${deploy}/systemd/tickstock.sysusers DESTINATION lib/sysusers.d RENAME tickstock.conf)
install(FILES ${deploy}/systemd/tickstock.tmpfiles DESTINATION lib/tmpfiles.d RENAME tickstock.conf)

install(FILES ${deploy}/debian/copyright DESTINATION ${documentation})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${documentation}
  FILES_MATCHING PATTERN "*.md" PATTERN "openapi.json" PATTERN images EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tickstock)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The TickStock authors <tickstock@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# tzdata: New York's clock. The package's own scripts need an account maker.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, postgresql")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "market events as they happen, with their evidence
Reads a live or recorded market feed, detects session highs and lows, trends,
surges and conditions of one's own, and serves each event over WebSocket,
Server-Sent Events, REST and Socket.IO, with a dashboard, metrics and alerts.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm
  ${PROJECT_BINARY_DIR}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# Every file below /etc is a conffile: an upgrade keeps what people have changed.
file(GLOB_RECURSE conffiles CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/config
  ${PROJECT_SOURCE_DIR}/config/*)
list(TRANSFORM conffiles PREPEND /etc/tickstock/)
list(JOIN conffiles "\n" conffiles)
file(WRITE ${PROJECT_BINARY_DIR}/conffiles "${conffiles}\n")

# Debian wants its changelog compressed and without a time stamp.
file(WRITE ${PROJECT_BINARY_DIR}/changelog "tickstock (${PROJECT_VERSION}) unstable; urgency=medium

  * CHANGELOG.md of the sources says what is new.

 -- The TickStock authors <tickstock@localhost>  Thu, 01 Jan 1970 00:00:00 +0000
")
execute_process(COMMAND gzip -9nk -f changelog WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
install(FILES ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION ${documentation})

include(CPack)

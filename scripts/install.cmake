# What `cmake --install` puts where, and the .deb (scripts/package). A service finds its files below /usr or /usr/local.
include(GNUInstallDirs)
set(doc_folder ${CMAKE_INSTALL_DATADIR}/doc/argus)

install(TARGETS argus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
foreach(name ${classic_names})
  install(CODE "file(CREATE_LINK argus \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/${name}\" SYMBOLIC)")
endforeach()

# Manual pages and completions are what the program says about itself; where scdoc is missing there are no pages.
set(made ${CMAKE_BINARY_DIR}/install)
file(MAKE_DIRECTORY ${made}/man ${made}/completion)
file(STRINGS ${CMAKE_SOURCE_DIR}/subcommands/subcommands.def command_lines REGEX "^SUBCOMMAND\\(")
set(outputs)
find_program(SCDOC scdoc)
if(SCDOC)
  foreach(name argus argusarchive)
    configure_file(${CMAKE_SOURCE_DIR}/docs/man/${name}.1.scd ${made}/man/${name}.scd @ONLY)
    add_custom_command(OUTPUT ${made}/man/${name}.1.gz DEPENDS ${made}/man/${name}.scd VERBATIM
      COMMAND sh -c "${SCDOC} <'${made}/man/${name}.scd' | gzip -9n >'${made}/man/${name}.1.gz'")
    list(APPEND outputs ${made}/man/${name}.1.gz)
  endforeach()
  foreach(line ${command_lines})
    string(REGEX REPLACE "^SUBCOMMAND\\(([a-z]+),.*" "\\1" verb "${line}")
    set(page ${made}/man/argus-${verb}.1.gz)
    add_custom_command(OUTPUT ${page} DEPENDS argus VERBATIM
      COMMAND sh -c "'$<TARGET_FILE:argus>' help ${verb} --man | ${SCDOC} | gzip -9n >'${page}'")
    list(APPEND outputs ${page})
  endforeach()
  install(FILES ${outputs} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  foreach(pair ${topic_manuals})
    string(REGEX MATCH "^(.*):(.*\\.([57]))$" pair ${pair})
    set(page ${made}/man/${CMAKE_MATCH_2}.gz)
    add_custom_command(OUTPUT ${page} DEPENDS argus VERBATIM
      COMMAND sh -c "'$<TARGET_FILE:argus>' help ${CMAKE_MATCH_1} --man | ${SCDOC} | gzip -9n >'${page}'")
    list(APPEND outputs ${page})
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${CMAKE_MATCH_3})
  endforeach()
  foreach(name ${classic_names})
    install(CODE "file(CREATE_LINK argus-${classic_${name}}.1.gz
      \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1/${name}.1.gz\" SYMBOLIC)")
  endforeach()
endif()
foreach(pair bash:argus zsh:_argus fish:argus.fish)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 shell)
  list(GET pair 1 name)
  add_custom_command(OUTPUT ${made}/completion/${name} DEPENDS argus VERBATIM
    COMMAND sh -c "'$<TARGET_FILE:argus>' help --completion ${shell} >'${made}/completion/${name}'")
  list(APPEND outputs ${made}/completion/${name})
endforeach()
add_custom_target(argus_pages ALL DEPENDS ${outputs})
install(FILES ${made}/completion/argus DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/completion/_argus DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${made}/completion/argus.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# bash and fish look for a file of the name that is typed.
set(shared "\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}")
foreach(name ${classic_names})
  install(CODE "file(CREATE_LINK argus \"${shared}/bash-completion/completions/${name}\" SYMBOLIC)
    file(CREATE_LINK argus.fish \"${shared}/fish/vendor_completions.d/${name}.fish\" SYMBOLIC)")
endforeach()

# The service, with the place of the program in it, which is known when it is installed: /usr/local/bin, or /usr/bin in a package.
set(service ${CMAKE_SOURCE_DIR}/scripts/service)
set(unit argus-capture@.service)
install(FILES ${service}/${unit} DESTINATION lib/systemd/system)
install(CODE "
  set(unit \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${unit}\")
  file(READ \"\${unit}\" text)
  string(REPLACE /usr/bin/argus \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/argus\" text \"\${text}\")
  file(WRITE \"\${unit}\" \"\${text}\")")
install(FILES ${service}/argus.sysusers DESTINATION lib/sysusers.d RENAME argus.conf)
install(FILES ${service}/argus.tmpfiles DESTINATION lib/tmpfiles.d RENAME argus.conf)
install(PROGRAMS ${service}/argusarchive DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${service}/argus.toml ${service}/argus.logrotate ${service}/argus.init DESTINATION ${doc_folder}/examples)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${doc_folder})
file(GLOB pages ${CMAKE_SOURCE_DIR}/docs/*.md)
install(FILES ${pages} DESTINATION ${doc_folder})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/commands ${CMAKE_SOURCE_DIR}/docs/decisions DESTINATION ${doc_folder})

# The .deb. Only it has settings in /etc, which cmake --install must not overwrite, and Debian's changelog.
set(maintainer "argus maintainers <argus@packages.invalid>")
string(TIMESTAMP today "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${made}/changelog "argus (${PROJECT_VERSION}) bookworm; urgency=medium\n\n"
  "  * What users notice: /usr/share/doc/argus/changes.md\n\n -- ${maintainer}  ${today}\n")
execute_process(COMMAND gzip -9nc ${made}/changelog OUTPUT_FILE ${made}/changelog.gz)
set(for_package COMPONENT package EXCLUDE_FROM_ALL)
install(FILES ${service}/argus.toml DESTINATION /etc/argus ${for_package})
install(FILES ${CMAKE_SOURCE_DIR}/scripts/deb/copyright ${made}/changelog.gz DESTINATION ${doc_folder} ${for_package})
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};argus;ALL;/;${CMAKE_BINARY_DIR};argus;package;/")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME argus)
set(CPACK_PACKAGE_VENDOR argus)
set(CPACK_PACKAGE_CONTACT ${maintainer})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "network flow sensor and tools to ask flow records")
string(CONCAT CPACK_PACKAGE_DESCRIPTION
  "Meters packets of interfaces or capture files into bidirectional flow\n"
  "records, keeps them in flow files, and prints, filters, clusters and sorts\n"
  "them. A service captures with CAP_NET_RAW alone.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd")
# Only pictures as PNG need it, and say so.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libcairo2, libcurl4")
# They own /usr/bin/ra and its like, and the classic daemon of the same name.
set(CPACK_DEBIAN_PACKAGE_CONFLICTS "argus-server, argus-client")
set(CPACK_DEBIAN_PACKAGE_REPLACES "argus-server, argus-client")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/scripts/deb/postinst ${CMAKE_SOURCE_DIR}/scripts/deb/prerm
  ${CMAKE_SOURCE_DIR}/scripts/deb/postrm ${CMAKE_SOURCE_DIR}/scripts/deb/conffiles)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
  WORLD_EXECUTE)
include(CPack)

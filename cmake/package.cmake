# The library `dqrewrite`: one archive, with one header; and how it is installed, with the command.
#
#     find_package(dqrewrite REQUIRED)
#     target_link_libraries(mine PRIVATE dqrewrite::dqrewrite)
#
# What is header-only (PEGTL, robin-map, expected) is needed to build the archive and not to use it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(dqrewrite STATIC)
foreach(module grammar graph ops dump program rewrite facade)
    target_sources(dqrewrite PRIVATE $<TARGET_OBJECTS:dqrewrite_${module}>)
endforeach()
add_library(dqrewrite::dqrewrite ALIAS dqrewrite)
set_target_properties(dqrewrite PROPERTIES LINKER_LANGUAGE CXX)
target_compile_features(dqrewrite INTERFACE cxx_std_20)
target_link_libraries(dqrewrite PRIVATE fmt::fmt simdjson::simdjson)

# <dqrewrite/dqrewrite.hpp> also for who adds this folder to a build of his own.
configure_file(engine/dqrewrite.hpp include/dqrewrite/dqrewrite.hpp COPYONLY)
target_include_directories(dqrewrite INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dqrewrite)
install(TARGETS dqrewrite EXPORT dqrewrite)
install(TARGETS dqrewrite_command)
install(FILES engine/dqrewrite.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dqrewrite)
install(EXPORT dqrewrite NAMESPACE dqrewrite:: FILE dqrewrite-targets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/dqrewrite-config.cmake.in ${PROJECT_BINARY_DIR}/dqrewrite-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dqrewrite-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dqrewrite-config.cmake ${PROJECT_BINARY_DIR}/dqrewrite-config-version.cmake
        DESTINATION ${package_dir})

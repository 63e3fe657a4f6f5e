# Installs dqrewrite into an empty prefix, builds the project beside this file against it, and runs what it built.
#     cmake -D BUILD=… -D SOURCE=… -D GRAPH=name -D FLAGS=… -P package_test.cmake
# Fails where a command fails, or where the example's graph is not byte for byte what it should be.
set(work ${BUILD}/package_test)
file(REMOVE_RECURSE ${work})
function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/package -B ${work}/build -D CMAKE_PREFIX_PATH=${work}/prefix
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/parts)
run(${work}/build/example ${SOURCE}/tests/corpus/${GRAPH}.before.json ${work}/out.json)
run(${CMAKE_COMMAND} -E compare_files ${work}/out.json ${SOURCE}/tests/corpus/${GRAPH}.after.json)
run(${work}/prefix/bin/dqrewrite run ${SOURCE}/tests/corpus/${GRAPH}.before.json -o ${work}/out.json)
run(${CMAKE_COMMAND} -E compare_files ${work}/out.json ${SOURCE}/tests/corpus/${GRAPH}.after.json)

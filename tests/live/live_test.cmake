# How the tests that need torch and torchao are run.
# The interpreter is the first python3 in PATH; Python3_EXECUTABLE sets another.
set(Python3_FIND_STRATEGY LOCATION)
set(Python3_FIND_UNVERSIONED_NAMES FIRST)
find_package(Python3 3.10 REQUIRED COMPONENTS Interpreter)
execute_process(
    COMMAND ${Python3_EXECUTABLE} -c "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('torchao')))"
    RESULT_VARIABLE torch_is_missing)
if(torch_is_missing)
    message(FATAL_ERROR "DQREWRITE_LIVE needs torch and torchao, and ${Python3_EXECUTABLE} has not both: "
                        "set Python3_EXECUTABLE to one that has")
endif()

# dqrewrite_live_test(NAME SCRIPT arguments…)
function(dqrewrite_live_test name script)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${script} ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS live TIMEOUT 900 SKIP_RETURN_CODE 77
        ENVIRONMENT "PYTHONPATH=${PROJECT_SOURCE_DIR}/python")
endfunction()

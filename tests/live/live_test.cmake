# How the tests that need torch and torchao are run.
# The interpreter is the first python3 in PATH, as in a shell (find_package(Python3) may look past a virtual
# environment); Python3_EXECUTABLE sets another.
find_program(Python3_EXECUTABLE python3 REQUIRED)
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

// Carries the precompiled header of all modules; see DQREWRITE_PRECOMPILED in CMakeLists.txt.

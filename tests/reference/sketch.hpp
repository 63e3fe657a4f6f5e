// A pattern that is being made up: printed as text of the language, and changed a little.
#pragma once

#include "tests/reference/random.hpp"

namespace dqrewrite::reference {

struct Sketch {
    enum class Kind { anything, name, literal, bind, call, row, either };

    Kind kind = Kind::anything;
    std::string text;   // a name, a literal, an op or kind; of a row its opening bracket
    std::string mark;   // of a call: "*" and "?" make it a chain
    std::string as;     // of a chain: the name of its list
    std::string tail;   // of a call and a row: "...", "*name" or nothing
    std::string label;  // of an argument: the name that it is given by
    std::vector<Sketch> parts;

    std::string print() const;
    // Another pattern, which binds the same names.
    void mutate(Random& random);
};

}  // namespace dqrewrite::reference

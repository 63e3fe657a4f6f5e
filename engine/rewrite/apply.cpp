#include "engine/rewrite/apply.hpp"

namespace dqrewrite {

tl::expected<Report, RunError> apply(const Driver& driver, Dump& dump, RunObserver* observer) {
    OpTable table(*driver.program().declarations);
    for (const DeclaredOp& op : dump.ops) table.state(op.target, op.schema, op.impure);
    try {
        return driver.run(dump.module, table, observer);
    } catch (const RunError& error) {
        return tl::unexpected(error);
    }
}

}  // namespace dqrewrite

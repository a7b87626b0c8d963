#include "host/terms_check.hpp"

#include "programs/terms.hpp"

namespace partnerd::host {

namespace {

Status check_program(storage::Tx& tx, programs::Kernel const& kernel, programs::Program const& program) {
    for (auto const& terms : programs::terms_of(tx, kernel, program)) {
        if (terms.plan) continue;
        auto const why = rules::Plan::compile_text(terms.plan_json, kernel.rules, program.currency).error();
        return Error(errc::unknown_rule, "program '" + program.handle + "', terms version " + std::to_string(terms.version) + ": " + why.message() +
                                             "; load the plugin that offers the rule");
    }
    return {};
}

}  // namespace

Status check_all_terms(storage::Storage& storage, programs::Kernel const& kernel) {
    Status status;
    storage.read([&](storage::Tx& tx) {
        for (auto const id : programs::program_ids(tx)) {
            auto const program = programs::find_program(tx, id);
            if (program && status) status = check_program(tx, kernel, *program);
        }
    });
    return status;
}

}  // namespace partnerd::host

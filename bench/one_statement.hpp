// All writes of a conversion as one PostgreSQL statement: data-modifying parts of a WITH, so that it is one round trip and one commit.
#pragma once

#include "model.hpp"

namespace bench {

// "with w0 as (insert ...), w1 as (...) select 1", with $1, $2, ... in the order of the model's writes and cells.
std::string one_statement(Models const& models, Model const& model);
// The values of that statement as texts.
void one_statement_values(Model const& model, Copy const& copy, std::vector<std::string>& values);

}  // namespace bench

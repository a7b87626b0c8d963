#pragma once

#include "storage/schema.hpp"

namespace partnerd::programs {

// instance, program, program_plugin, program_pilot, terms, partner and its person, application and its person, enrollment, link, fx_rate.
storage::TableList const& program_tables();

}  // namespace partnerd::programs

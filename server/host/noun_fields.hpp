// What plugins may ask about the nouns of the core: partnerd/core.h lists it.
#pragma once

#include "plugins/host_services.hpp"
#include "programs/kernel.hpp"

namespace partnerd::host {

// [read] [write] not_found, invalid_field.
Result<Id> find_noun(storage::Tx& tx, std::string_view noun, Id program, std::string_view handle);
Result<plugins::FieldValue> field_of_noun(storage::Tx& tx, std::string_view noun, Id id, std::string_view field);

}  // namespace partnerd::host

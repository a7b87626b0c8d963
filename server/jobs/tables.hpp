#pragma once

#include "storage/schema.hpp"

namespace partnerd::jobs {

// job.
storage::TableList const& job_tables();

}  // namespace partnerd::jobs

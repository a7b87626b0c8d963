// ?from&to&as_of&group_by of a summary, and its answer.
#pragma once

#include <string>

#include "programs/program.hpp"
#include "reports/summary.hpp"
#include "routing/route.hpp"

namespace partnerd::api {

// Days in the program's zone, both included; default: the last 30 days as of today. invalid_query.
// The partner is the caller.
Result<reports::SummaryQuery> read_summary_query(routing::Request const& request, programs::Program const& program, std::int64_t now_us);
// {"from","to","as_of","group_by","total":{..},"data":[{"key",..}]}
std::string summary_json(reports::SummaryQuery const& query, reports::Summary const& summary, Currency const& currency);

// The route, telling the parameters that read_summary_query() takes.
routing::Route asking_summary(routing::Route route);

}  // namespace partnerd::api

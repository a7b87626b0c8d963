#include "config/problem.hpp"

#include <algorithm>
#include <tuple>

namespace partnerd::config {

std::string Problem::text() const {
    std::string out = source;
    if (line > 0) out += ':' + std::to_string(line);
    if (line > 0 && column > 0) out += ':' + std::to_string(column);
    if (!out.empty()) out += ": ";
    if (!key.empty()) out += key + ": ";
    out += what + '.';
    if (!way_out.empty()) out += ' ' + way_out + (way_out.ends_with('?') ? "" : ".");
    return out;
}

std::string list(Problems const& problems) {
    auto sorted = problems;
    std::stable_sort(sorted.begin(), sorted.end(), [](Problem const& a, Problem const& b) {
        return std::tie(a.source, a.line, a.column) < std::tie(b.source, b.line, b.column);
    });
    std::string out;
    for (auto const& problem : sorted) out += problem.text() + '\n';
    return out;
}

}  // namespace partnerd::config

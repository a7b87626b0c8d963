#include "config/suggest.hpp"

#include <algorithm>
#include <vector>

namespace partnerd::config {

namespace {

// Damerau-Levenshtein, the restricted form.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
            bool const swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
        }
        before.swap(previous);
        previous.swap(current);
    }
    return previous[b.size()];
}

std::string_view last_part(std::string_view name) {
    auto const dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::string nearest(std::string_view name, std::span<std::string const> candidates) {
    if (name.size() > 128) return {};
    std::string_view best;
    std::size_t best_distance = name.size() + 1;
    for (auto const& candidate : candidates) {
        auto const far = distance(name, candidate);
        bool const near = far <= std::max<std::size_t>(1, candidate.size() / 3);
        if (near && far < best_distance) best = candidate, best_distance = far;
    }
    auto const misplaced = std::find_if(candidates.begin(), candidates.end(), [&](std::string const& candidate) {
        return last_part(candidate) == last_part(name) && candidate != name;
    });
    if (best_distance > 2 && misplaced != candidates.end()) return *misplaced;
    return std::string(best);
}

}  // namespace partnerd::config

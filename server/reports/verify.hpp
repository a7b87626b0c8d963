// `partnerd verify`: proves the books from what is stored. Beside a running server too: every slice is one short snapshot, and
// what is compared with each other is read in the same snapshot.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/registry.hpp"
#include "storage/storage.hpp"

namespace partnerd::reports {

struct Check {
    static constexpr std::size_t examples_max = 5;

    std::string name;                   // "entries sum to zero"
    std::int64_t checked = 0, wrong = 0;
    std::vector<std::string> examples;  // the first few that are wrong, as sentences with ids
    std::string note;                   // what is no fault but worth knowing: "12 entries are not sealed yet"

    void fail(std::string example);     // one more is wrong
    bool holds() const noexcept { return wrong == 0; }
};

// A plugin's own invariants (counters of coupon redemptions ...). [worker] A Failure or Refused is a fault of that check.
struct PluginCheck {
    std::string name;  // "coupons: redemptions agree with their counters"
    std::function<void(storage::Storage&, Check&)> run;
};

struct VerifyOptions {
    int slice_rows = 500;
    std::vector<PluginCheck> plugin_checks;
    // Called now and then on the calling thread. `total` 0: not known.
    std::function<void(std::string_view check, std::int64_t done, std::int64_t total)> progress;
};

struct Verification {
    std::vector<Check> checks;
    bool holds() const noexcept;
    std::int64_t checked() const noexcept;  // over all checks
    std::int64_t wrong() const noexcept;
};

// [worker] `rules`: every rule that the plugins offer; a conversion whose rule is missing cannot be recomputed, which is a fault.
Verification verify(storage::Storage& storage, rules::RuleRegistry const& rules, VerifyOptions const& options = {});

// For a terminal: a line a check, examples below it, and the figure last: "verify: 17 checks of 48213 things, 0 wrong".
std::string to_text(Verification const& verification);
std::string to_json(Verification const& verification);

}  // namespace partnerd::reports

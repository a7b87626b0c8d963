// The figures of a dashboard, from the roll-ups: the cost grows with days, links and partners, not with events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::reports {

enum class GroupBy { none, day, link, channel, sub1, type };
std::optional<GroupBy> parse_group_by(std::string_view text) noexcept;  // "day" "link" "channel" "sub1" "type"; "" and "none" are none

struct SummaryQuery {
    Id program = 0;
    Id partner = 0;               // 0: all partners
    std::int64_t from_day = 0;    // days since 1970 in the program's zone, both included: the day of the click or of the sale
    std::int64_t to_day = 0;
    std::int64_t as_of_day = 0;   // what was known and payable at the end of this day
    GroupBy group_by = GroupBy::none;
};

// Amounts in the payout currency. Commission is counted at the day of its sale; reversed is positive.
struct SummaryRow {
    // day: "2017-03-03". link: its code. channel, sub1: their text. type: the kind of conversion, and "click" for clicks.
    // Empty: without link, channel or sub-id, and the only row of none.
    std::string key;
    std::int64_t clicks = 0, unique_clicks = 0;
    std::int64_t conversions = 0, revenue_minor = 0;
    std::int64_t pending_minor = 0, approved_minor = 0, paid_minor = 0, reversed_minor = 0;
    friend bool operator==(SummaryRow const&, SummaryRow const&) = default;
};

struct Summary {
    std::vector<SummaryRow> rows;  // by key; empty for none
    SummaryRow total;              // its key is empty
};

// [read] At most 3660 days (the caller checks; asserted).
Summary summarise(storage::Tx& tx, SummaryQuery const& query);

}  // namespace partnerd::reports

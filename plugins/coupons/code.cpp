#include "code.hpp"

namespace coupons {

using partnerd::arg;

namespace {

constexpr char const* columns = "select id, campaign, code, enrollment, usage_limit, used, payout_minor from coupons_code where program = :program and ";

Code read(Id program, std::tuple<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t> const& row) {
    Code c;
    c.program = program;
    std::tie(c.id, c.campaign, c.code, c.enrollment, c.usage_limit, c.used, c.payout_minor) = row;
    return c;
}

// Those of this text with their campaigns.
std::vector<Choice> find_choices(Tx& tx, Id program, std::string_view text) {
    using I = std::int64_t;
    using T = std::string;
    std::vector<Choice> choices;
    auto const key = code_key(text);
    for (auto const& [id, code, enrollment, usage_limit, used, payout, campaign, name, type, starts_day, ends_day, customer_limit, discount] : tx.query<I, T, I, I, I, I, I, T, T, I, I, I, T>(
             "select c.id, c.code, c.enrollment, c.usage_limit, c.used, c.payout_minor, g.id, g.campaign, g.type, g.starts_day, g.ends_day, g.customer_limit, g.discount "
             "from coupons_code c join coupons_campaign g on g.program = c.program and g.id = c.campaign where c.program = :program and c.code_key = :key order by c.campaign",
             arg("program", program), arg("key", key)))
        choices.push_back({Code{id, program, campaign, code, enrollment, usage_limit, used, payout}, Campaign{campaign, program, name, type, starts_day, ends_day, customer_limit, discount}, ""});
    return choices;
}

}  // namespace

std::string code_key(std::string_view code) {
    std::string key(code);
    for (auto& c : key)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return key;
}

std::vector<Code> find_codes(Tx& tx, Id program, std::string_view code) {
    std::vector<Code> codes;
    auto const key = code_key(code);
    for (auto const& row : tx.query<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
             std::string(columns) + "code_key = :key order by campaign", arg("program", program), arg("key", key)))
        codes.push_back(read(program, row));
    return codes;
}

std::optional<Code> find_code(Tx& tx, Id program, Id code) {
    auto const row = tx.row<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(std::string(columns) + "id = :id", arg("program", program),
                                                                                                                             arg("id", code));
    if (!row) return std::nullopt;
    return read(program, *row);
}

Upsert put_code(Tx& tx, partnerd::Core const& core, Code& c) {
    for (auto const& known : find_codes(tx, c.program, c.code)) {
        if (known.campaign != c.campaign) continue;
        c.id = known.id;
        c.used = known.used;
        if (known.enrollment == c.enrollment && known.usage_limit == c.usage_limit && known.payout_minor == c.payout_minor) return Upsert::same;
        tx.exec("update coupons_code set enrollment = :enrollment, usage_limit = :most, payout_minor = :payout where program = :program and id = :id", arg("enrollment", c.enrollment),
                arg("most", c.usage_limit), arg("payout", c.payout_minor), arg("program", c.program), arg("id", c.id));
        return Upsert::changed;
    }
    c.id = core.mint();
    tx.exec("insert into coupons_code (id, program, campaign, code, code_key, enrollment, usage_limit, used, payout_minor, created_at_us) "
            "values (:id, :program, :campaign, :code, :key, :enrollment, :most, 0, :payout, :now)",
            arg("id", c.id), arg("program", c.program), arg("campaign", c.campaign), arg("code", c.code), arg("key", code_key(c.code)), arg("enrollment", c.enrollment),
            arg("most", c.usage_limit), arg("payout", c.payout_minor), arg("now", core.now_us()));
    return Upsert::created;
}

Choice choose_code(Tx& tx, Id program, std::string_view text, std::optional<std::string> const& campaign, std::int64_t day) {
    Choice choice;
    choice.reason = "unknown_code";
    int running = 0;
    for (auto& found : find_choices(tx, program, text)) {
        if (campaign && found.campaign.campaign != *campaign) continue;
        if (!found.campaign.runs_on(day)) {
            if (running == 0) choice.reason = found.campaign.ends_day != 0 && day > found.campaign.ends_day ? "expired" : "not_started";
            continue;
        }
        ++running;
        choice.code = std::move(found.code);
        choice.campaign = std::move(found.campaign);
        choice.reason = running > 1 ? "ambiguous_code" : "";
    }
    if (running != 1) choice.code.reset();
    return choice;
}

}  // namespace coupons

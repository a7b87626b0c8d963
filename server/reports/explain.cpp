#include "reports/explain.hpp"

#include <boost/json.hpp>

#include <map>
#include <vector>

#include "domain/calendar.hpp"
#include "ledger/entry.hpp"
#include "ledger/outside_name.hpp"
#include "programs/program.hpp"
#include "reports/redact.hpp"
#include "tracking/commission.hpp"
#include "tracking/conversion.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;
using tracking::Commission;
using tracking::Conversion;
namespace json = boost::json;

namespace {

json::object money(std::int64_t minor, Currency const& currency) { return {{"amount", format_amount(minor, currency.exponent())}, {"currency", currency.code()}}; }
json::value parse(std::string const& text) { return text.empty() ? json::value(nullptr) : json::parse(text); }
json::value id_or_null(std::string_view prefix, Id id) { return id == 0 ? json::value(nullptr) : json::value(format_id(prefix, id)); }

// What is needed of a conversion to tell anybody about it.
struct Story {
    Conversion conversion;
    Currency payout;
    std::string zone;
    std::int64_t terms_version = 0;
    tracking::ConversionTrace trace;
    std::vector<Commission> commissions;
};

std::optional<Story> find_story(Tx& tx, Id program, Id id) {
    auto conversion = tracking::find_conversion(tx, program, id);
    if (!conversion) return std::nullopt;
    auto const owner = programs::find_program(tx, program);
    Story story{std::move(*conversion), owner->currency, owner->zone, 0, {}, tracking::commissions_of(tx, program, id)};
    story.terms_version = tx.value<std::int64_t>("select version from terms where program = :program and id = :id", {arg("program", program), arg("id", story.conversion.terms)}).value_or(0);
    story.trace = tracking::find_trace(tx, program, id, story.payout).value_or(tracking::ConversionTrace{});
    return story;
}

// What both readers may see.
json::object write_conversion(Conversion const& c) {
    return {{"id", format_id("cnv", c.id)},
            {"kind", c.kind},
            {"state", c.state},
            {"reason", c.reason},
            {"at", format_instant(c.at_us)},
            {"recorded_at", format_instant(c.recorded_at_us)},
            {"test", c.test},
            {"base", money(c.amounts.base_minor, c.currency)},
            {"base_left", money(c.left.base_minor, c.currency)}};
}

json::object write_whole_conversion(Conversion const& c) {
    auto out = write_conversion(c);
    out["external_id"] = c.external_id;
    out["order_id"] = c.order_id;
    out["total"] = money(c.amounts.total_minor, c.currency);
    out["total_left"] = money(c.left.total_minor, c.currency);
    out["breakdown"] = parse(c.breakdown);
    out["items_left"] = parse(c.items);
    out["customer"] = c.customer;
    out["code"] = c.code;
    out["click"] = id_or_null("clk", c.click);
    out["link"] = id_or_null("lnk", c.link);
    out["source"] = c.source;
    out["enrollment"] = id_or_null("enr", c.enrollment);
    out["partner"] = id_or_null("ptn", c.partner);
    out["plugin"] = c.plugin;
    return out;
}

json::object write_commission(Story const& story, Commission const& c) {
    return {{"id", format_id("com", c.id)},
            {"line", c.line_key},
            {"rule", c.rule},
            {"kind", c.kind},
            {"gross", money(c.gross_minor, c.currency)},
            {"net", money(c.net_minor, c.currency)},
            {"state", c.state},
            {"reason", c.reason},
            {"payable_on", format_day(day_in_zone(c.payable_at_us, story.zone))}};
}

// What an adjustment took from which of `commissions` (null: from all, with their ids).
json::array write_changes(Tx& tx, Story const& story, Id adjustment, Id of_partner) {
    json::array changes;
    for (auto const& commission : story.commissions) {
        if (of_partner != 0 && commission.partner != of_partner) continue;
        for (auto const& [delta, at] : tx.query<std::int64_t, std::int64_t>("select delta_minor, at_us from commission_change where commission = :commission and adjustment = :adjustment order by id",
                                                                           {arg("commission", commission.id), arg("adjustment", adjustment)}))
            changes.emplace_back(json::object{{"commission", format_id("com", commission.id)}, {"line", commission.line_key}, {"delta", money(delta, commission.currency)}, {"at", format_instant(at)}});
    }
    return changes;
}

json::array write_adjustments(Tx& tx, Story const& story, Id of_partner) {
    auto const& c = story.conversion;
    json::array adjustments;
    using T = std::string;
    using I = std::int64_t;
    struct Row {
        I id, amount, base, at, recorded_at;
        T adjustment_id, type, items, reason, trace;
    };
    std::vector<Row> rows;
    for (auto const& [id, adjustment_id, type, amount, base, items, reason, at, recorded_at, trace] : tx.query<I, T, T, I, I, T, T, I, I, T>(
             "select id, adjustment_id, type, amount_minor, base_minor, items, reason, at_us, recorded_at_us, trace from adjustment where conversion = :conversion and program = :program order by id",
             {arg("conversion", c.id), arg("program", c.program)}))
        rows.push_back({id, amount, base, at, recorded_at, adjustment_id, type, items, reason, trace});
    for (auto const& row : rows) {
        json::object out{{"id", format_id("adj", row.id)}, {"type", row.type}, {"at", format_instant(row.at)}, {"base_taken", money(row.base, c.currency)}};
        if (of_partner == 0) {
            out["adjustment_id"] = row.adjustment_id;
            out["taken"] = money(row.amount, c.currency);
            out["items"] = parse(row.items);
            out["reason"] = row.reason;
            out["recorded_at"] = format_instant(row.recorded_at);
            out["rules"] = parse(row.trace);
        }
        out["changes"] = write_changes(tx, story, row.id, of_partner);
        adjustments.emplace_back(std::move(out));
    }
    return adjustments;
}

// The keys that tracking posts under; a ledger entry is found by its key, which is indexed.
std::vector<std::string> entry_keys(Tx& tx, Id program, Id conversion, std::vector<Commission> const& commissions) {
    std::vector<std::string> keys;
    for (auto const& commission : commissions) {
        keys.push_back("accrue:" + std::to_string(commission.id));
        keys.push_back("release:" + std::to_string(commission.id));
        for (auto const& [change] : tx.query<std::int64_t>("select id from commission_change where commission = :commission and conversion = :conversion and program = :program order by id",
                                                          {arg("commission", commission.id), arg("conversion", conversion), arg("program", program)}))
            keys.push_back("change:" + std::to_string(change));
    }
    return keys;
}

json::array write_entries(Tx& tx, Story const& story) {
    using T = std::string;
    using I = std::int64_t;
    auto const& c = story.conversion;
    json::array entries;
    std::map<Id, std::string> names;
    auto const account = [&](Id id) {
        auto& name = names[id];
        if (name.empty())
            if (auto const found = ledger::find_account(tx, c.program, id)) name = ledger::outside_name(found->name);
        return name;
    };
    for (auto const& key : entry_keys(tx, c.program, c.id, story.commissions)) {
        auto const row = tx.row<I, T, T, I, I>("select id, kind, memo, at_us, recorded_at_us from entry where program = :program and entry_key = :key", {arg("program", c.program), arg("key", key)});
        if (!row) continue;
        auto const& [id, kind, memo, at, recorded_at] = *row;
        json::array legs;
        for (auto const& leg : ledger::legs_of(tx, c.program, id)) legs.emplace_back(json::object{{"account", account(leg.account)}, {"amount", money(leg.amount_minor, story.payout)}});
        entries.emplace_back(json::object{{"id", format_id("ent", id)}, {"key", ledger::outside_name(key)}, {"kind", kind}, {"memo", memo}, {"at", format_instant(at)}, {"recorded_at", format_instant(recorded_at)}, {"legs", legs}});
    }
    return entries;
}

}  // namespace

std::optional<std::string> explain_for_operator(Tx& tx, Id program, Id id) {
    auto const story = find_story(tx, program, id);
    if (!story) return std::nullopt;
    auto const trace = parse(story->trace.trace);
    json::object out{{"conversion", write_whole_conversion(story->conversion)}, {"terms", {{"id", format_id("trm", story->conversion.terms)}, {"version", story->terms_version}}}};
    if (auto const* object = trace.if_object()) {
        if (auto const* attribution = object->if_contains("attribution")) out["attribution"] = *attribution;
        if (auto const* rules = object->if_contains("rules")) out["rules"] = *rules;
    }
    out["facts"] = parse(story->trace.snapshot);
    if (!story->trace.fx_rate.empty()) out["fx_rate"] = story->trace.fx_rate;
    json::array commissions;
    for (auto const& commission : story->commissions) {
        auto row = write_commission(*story, commission);
        row["enrollment"] = format_id("enr", commission.enrollment);
        row["partner"] = format_id("ptn", commission.partner);
        commissions.emplace_back(std::move(row));
    }
    out["commissions"] = std::move(commissions);
    out["adjustments"] = write_adjustments(tx, *story, 0);
    if (auto reviewed = write_changes(tx, *story, 0, 0); !reviewed.empty()) out["reviewed"] = std::move(reviewed);
    out["entries"] = write_entries(tx, *story);
    return json::serialize(out);
}

std::optional<std::string> explain_for_partner(Tx& tx, Id program, Id id, Id partner) {
    auto const story = find_story(tx, program, id);
    if (!story || partner == 0) return std::nullopt;
    json::array commissions;
    Viewer viewer{story->conversion.partner == partner, 0};
    if (viewer.credited) viewer.enrollment = story->conversion.enrollment;
    for (auto const& commission : story->commissions) {
        if (commission.partner != partner) continue;
        viewer.enrollment = commission.enrollment;
        commissions.emplace_back(write_commission(*story, commission));
    }
    if (!viewer.credited && commissions.empty()) return std::nullopt;
    json::object out{{"conversion", write_conversion(story->conversion)}, {"terms", {{"version", story->terms_version}}}};
    auto const trace = parse(story->trace.trace);
    if (auto const* object = trace.if_object()) {
        if (auto const* attribution = object->if_contains("attribution")) out["attribution"] = redact_attribution(attribution->as_object(), viewer);
        if (auto const* rules = object->if_contains("rules")) out["rules"] = redact_rules(rules->as_object(), viewer);
    }
    out["commissions"] = std::move(commissions);
    out["adjustments"] = write_adjustments(tx, *story, partner);
    return json::serialize(out);
}

}  // namespace partnerd::reports

#include "reports/verify.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <numeric>
#include <set>

#include "reports/checks.hpp"

namespace partnerd::reports {

using storage::Tx;

void Check::fail(std::string example) {
    ++wrong;
    if (examples.size() < examples_max) examples.push_back(std::move(example));
}

bool Verification::holds() const noexcept { return wrong() == 0; }
std::int64_t Verification::checked() const noexcept {
    return std::accumulate(checks.begin(), checks.end(), std::int64_t{0}, [](std::int64_t sum, Check const& check) { return sum + check.checked; });
}
std::int64_t Verification::wrong() const noexcept {
    return std::accumulate(checks.begin(), checks.end(), std::int64_t{0}, [](std::int64_t sum, Check const& check) { return sum + check.wrong; });
}

programs::Program const* Books::program(Tx& tx, Id id) const {
    auto found = programs.find(id);
    if (found == programs.end()) found = programs.emplace(id, programs::find_program(tx, id)).first;
    return found->second ? &*found->second : nullptr;
}

rules::Plan const* Books::plan(Tx& tx, Id program_id, Id terms) const {
    auto found = plans.find(terms);
    if (found == plans.end()) {
        auto const* const owner = program(tx, program_id);
        auto const text = tx.value<std::string>("select plan from terms where program = :program and id = :id", {storage::arg("program", program_id), storage::arg("id", terms)});
        std::optional<rules::Plan> plan;
        if (owner != nullptr && text)
            if (auto compiled = rules::Plan::compile_text(*text, rules, owner->currency)) plan = *compiled;
        found = plans.emplace(terms, std::move(plan)).first;
    }
    return found->second ? &*found->second : nullptr;
}

std::string Books::name_of(Id program_id) const {
    auto const found = programs.find(program_id);
    return found == programs.end() || !found->second ? format_id("prg", program_id) : found->second->handle;
}

void check_windows(Books const& books, Check& check, Walk const& walk, std::function<void(Tx&, Window const&, Check&)> const& look) {
    Check part;
    for_each_window(
        books.storage, walk, books.options.slice_rows,
        [&](Tx& tx, Window const& window) {
            part = {};
            look(tx, window, part);
        },
        [&](Window const& window) {
            check.checked += window.rows;
            check.wrong += part.wrong;
            for (auto& example : part.examples)
                if (check.examples.size() < Check::examples_max) check.examples.push_back(std::move(example));
            books.progress(check);
        });
}

namespace {

std::array<std::int64_t, 2> sum_at(Sums const& sums, std::string const& key) {
    auto const found = sums.find(key);
    return found == sums.end() ? std::array<std::int64_t, 2>{} : found->second;
}

struct Difference {
    std::array<std::int64_t, 2> raw, kept;
    friend bool operator==(Difference const&, Difference const&) = default;
};

std::map<std::string, Difference> differences(Sums const& raw, Sums const& kept) {
    std::map<std::string, Difference> out;
    for (auto const& [key, sum] : raw)
        if (auto const other = sum_at(kept, key); other != sum) out[key] = {sum, other};
    for (auto const& [key, sum] : kept)
        if (auto const other = sum_at(raw, key); other != sum) out[key] = {other, sum};
    return out;
}

std::string show(std::array<std::int64_t, 2> const& sum) { return std::to_string(sum[0]) + (sum[1] != 0 ? " and " + std::to_string(sum[1]) : ""); }

}  // namespace

void compare_sums(Books const& books, Check& check, std::function<void(Sums&)> const& raw, std::function<void(Sums&)> const& kept) {
    constexpr int passes_max = 5;
    std::map<std::string, Difference> before;
    std::set<std::string> settled;
    for (int pass = 0; pass < passes_max; ++pass) {
        Sums raw_sums, kept_sums;
        raw(raw_sums);
        kept(kept_sums);
        if (pass == 0) check.checked += static_cast<std::int64_t>(std::max(raw_sums.size(), kept_sums.size()));
        books.progress(check);
        auto now = differences(raw_sums, kept_sums);
        bool moving = false;
        for (auto const& [key, difference] : now) {
            auto const earlier = before.find(key);
            bool const still = earlier != before.end() && earlier->second == difference;
            moving = moving || !still;
            if (still && settled.insert(key).second) check.fail(key + ": the rows sum to " + show(difference.raw) + ", kept is " + show(difference.kept));
        }
        if (!moving) return;
        before = std::move(now);
    }
    check.note = "some sums changed all the time and could not be compared; run it again when less is going on";
}

Verification verify(storage::Storage& storage, rules::RuleRegistry const& rules, VerifyOptions const& options) {
    Books const books{storage, rules, options, {}, {}};
    storage.read([&](Tx& tx) {
        for (auto const id : programs::program_ids(tx)) books.program(tx, id);
    });
    struct Step {
        char const* name;
        void (*run)(Books const&, Check&);
    };
    constexpr Step steps[] = {
        {"each entry sums to zero for each unit", check_entries},
        {"all postings of a program sum to zero", check_totals},
        {"kept balances equal their postings", check_balances},
        {"the seal is whole", check_seals},
        {"conversions recomputed from their snapshots give what is due", check_recomputation},
        {"commissions are posted as they stand", check_commission_entries},
        {"accounts of partners equal their commissions", check_partner_accounts},
        {"roll-up of sales equals the conversions", check_sales_rollup},
        {"roll-up of commissions equals the commissions", check_commission_rollup},
        {"roll-up of traffic equals the clicks", check_traffic_rollup},
        {"one order is one sale", check_order_claims},
        {"rows refer to each other", check_references},
        {"kept answers of idempotency keys are well-formed", check_idempotency},
        {"the database file is whole", check_integrity},
    };
    Verification result;
    for (auto const& step : steps) {
        auto& check = result.checks.emplace_back();
        check.name = step.name;
        step.run(books, check);
    }
    for (auto const& plugin : options.plugin_checks) {
        auto& check = result.checks.emplace_back();
        check.name = plugin.name;
        try {
            plugin.run(storage, check);
        } catch (std::exception const& e) {
            check.fail(e.what());
        }
        books.progress(check);
    }
    return result;
}

std::string to_text(Verification const& verification) {
    std::string text;
    for (auto const& check : verification.checks) {
        text += (check.holds() ? "ok     " : "WRONG  ") + check.name + ": " + std::to_string(check.checked) + " checked";
        if (!check.holds()) text += ", " + std::to_string(check.wrong) + " wrong";
        text += '\n';
        for (auto const& example : check.examples) text += "         " + example + '\n';
        if (!check.note.empty()) text += "         note: " + check.note + '\n';
    }
    return text + "verify: " + std::to_string(verification.checks.size()) + " checks of " + std::to_string(verification.checked()) + " things, " + std::to_string(verification.wrong()) + " wrong\n";
}

std::string to_json(Verification const& verification) {
    namespace json = boost::json;
    json::array checks;
    for (auto const& check : verification.checks) {
        json::array examples;
        for (auto const& example : check.examples) examples.emplace_back(example);
        checks.emplace_back(json::object{{"name", check.name}, {"checked", check.checked}, {"wrong", check.wrong}, {"examples", std::move(examples)}, {"note", check.note}});
    }
    return json::serialize(json::object{{"checks", std::move(checks)}, {"checked", verification.checked()}, {"wrong", verification.wrong()}});
}

}  // namespace partnerd::reports

#include "programs/terms.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

#include "domain/text.hpp"

namespace partnerd::programs {

using storage::arg;
namespace json = boost::json;

namespace {

constexpr int days_max = 3650;

Status read_days(json::value const& value, std::string_view name, int& days) {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > days_max)
        return Error(errc::invalid_field, "a number of days from 0 to " + std::to_string(days_max) + " is expected", "/" + std::string(name));
    days = static_cast<int>(value.get_int64());
    return {};
}

Status read_precedence(json::value const& value, std::vector<std::string>& precedence) {
    auto const invalid = Error(errc::invalid_field, "a list of sources such as [\"assigned\", \"coupon\", \"click\", \"binding\"] without repeats is expected", "/precedence");
    if (!value.is_array() || value.get_array().empty() || value.get_array().size() > 16) return invalid;
    precedence.clear();
    std::set<std::string_view> seen;
    for (auto const& source : value.get_array()) {
        if (!source.is_string() || !is_handle(source.get_string()) || !seen.insert(source.get_string()).second) return invalid;
        precedence.emplace_back(source.get_string());
    }
    return {};
}

Status read_minimum_payout(json::value const& value, Currency const& currency, std::int64_t& minor) {
    if (!value.is_string()) return Error(errc::amount_not_a_string, "a decimal string in the program's currency is expected", "/minimum_payout");
    auto amount = parse_amount_not_negative(value.get_string(), currency.exponent());
    if (!amount) return Error(amount.error().code, amount.error().detail, "/minimum_payout");
    minor = *amount;
    return {};
}

Status read_setting(std::string_view name, json::value const& value, Currency const& currency, TermsSettings& settings) {
    if (name == "hold_days") return read_days(value, name, settings.hold_days);
    if (name == "window_days") return read_days(value, name, settings.window_days);
    if (name == "binding_days") return read_days(value, name, settings.binding_days);
    if (name == "notice_days") return read_days(value, name, settings.notice_days);
    if (name == "precedence") return read_precedence(value, settings.precedence);
    if (name == "minimum_payout") return read_minimum_payout(value, currency, settings.minimum_payout_minor);
    if (name != "model") return Error(errc::unknown_field, "'" + std::string(name.substr(0, 40)) + "' is not a setting of terms", "/" + std::string(name.substr(0, 40)));
    if (!value.is_string() || value.get_string() != "last") return Error(errc::invalid_field, "the attribution model this server offers is \"last\"", "/model");
    return {};
}

Terms compiled(Kernel const& kernel, Program const& program, Terms terms) {
    if (auto plan = rules::Plan::compile_text(terms.plan_json, kernel.rules, program.currency)) terms.plan = *plan;
    return terms;
}

bool has_conversions(storage::Tx& tx, Id program) {
    return tx.value<std::int64_t>("select 1 from conversion where program = :program and test = 0 limit 1", {arg("program", program)}).has_value();
}

}  // namespace

std::string write_settings(TermsSettings const& settings, Currency const& currency) {
    json::array precedence;
    for (auto const& source : settings.precedence) precedence.emplace_back(source);
    return json::serialize(json::object{{"hold_days", settings.hold_days}, {"window_days", settings.window_days}, {"binding_days", settings.binding_days},
                                        {"notice_days", settings.notice_days}, {"minimum_payout", format_amount(settings.minimum_payout_minor, currency.exponent())},
                                        {"precedence", precedence}, {"model", settings.model}});
}

Result<TermsSettings> read_settings(std::string_view text, Currency const& currency) {
    boost::system::error_code ec;
    auto const value = json::parse({text.data(), text.size()}, ec);
    if (ec || !value.is_object()) return Error(errc::invalid_field, "an object is expected");
    TermsSettings settings;
    for (auto const& [name, member] : value.get_object())
        if (auto status = read_setting(name, member, currency, settings); !status) return status.error();
    return settings;
}

Result<Terms> add_terms(storage::Tx& tx, Kernel const& kernel, Program const& program, TermsSettings const& settings, std::string_view plan_json, std::string_view text,
                        std::int64_t effective_at_us) {
    auto plan = rules::Plan::compile_text(plan_json, kernel.rules, program.currency);
    if (!plan) return Error(plan.error().code, plan.error().detail, "/plan" + plan.error().field);
    for (auto const& source : settings.precedence)
        if (!kernel.rules.has_source(source))
            return Error(errc::invalid_field, "'" + source + "' is no source of candidates; there are " + kernel.rules.sources(), "/precedence");
    auto const now = kernel.clock.now_us();
    auto const newest = tx.row<std::int64_t, std::int64_t, std::string>("select version, effective_at_us, settings from terms where program = :program order by version desc limit 1",
                                                                        {arg("program", program.id)});
    Terms terms{kernel.mint.mint(), program.id, 1, effective_at_us == 0 ? now : effective_at_us, settings, plan->pinned_json(), std::string(text), now, *plan};
    if (newest) {
        auto const& [version, effective, stored] = *newest;
        bool const free = program.status == "draft" || !has_conversions(tx, program.id);
        auto const earlier = read_settings(stored, program.currency);
        auto const notice_days = free || !earlier ? 0 : earlier->notice_days;
        auto const soonest = now + notice_days * day_us;
        if (effective_at_us == 0) terms.effective_at_us = std::max(soonest, effective + 1);
        terms.version = version + 1;
        // Terms that are in force already judged conversions; a later version must not reach behind them.
        if (!free && terms.effective_at_us < soonest)
            return Error(errc::notice_too_short, "the notice period is " + std::to_string(notice_days) + " days; the new terms may take effect later", "/effective_at");
        if (terms.effective_at_us <= effective)
            return Error(errc::notice_too_short, "version " + std::to_string(version) + " takes effect no sooner; the new terms must come after it", "/effective_at");
    }
    tx.exec("insert into terms (id, program, version, effective_at_us, settings, plan, text, created_at_us) values (:id, :program, :version, :effective, :settings, :plan, :text, :now)",
            {arg("id", terms.id), arg("program", program.id), arg("version", terms.version), arg("effective", terms.effective_at_us),
             arg("settings", write_settings(settings, program.currency)), arg("plan", terms.plan_json), arg("text", terms.text), arg("now", now)});
    touch_program(tx, kernel, program.id);
    return terms;
}

Status withdraw_terms(storage::Tx& tx, Kernel const& kernel, Program const& program, std::int64_t version) {
    auto const newest = tx.row<std::int64_t, std::int64_t, std::int64_t>("select id, version, effective_at_us from terms where program = :program order by version desc limit 1",
                                                                         {arg("program", program.id)});
    if (!newest || version > std::get<1>(*newest) || version < 1) return Error(errc::not_found, "the program has no terms of version " + std::to_string(version));
    auto const& [id, newest_version, effective_at_us] = *newest;
    bool const judged = tx.value<std::int64_t>("select 1 from conversion where program = :program and terms = :terms limit 1", {arg("program", program.id), arg("terms", id)}).has_value();
    if (version != newest_version || version == 1 || effective_at_us <= kernel.clock.now_us() || judged)
        return Error(errc::terms_in_force, "only the newest version, while it is still to come, can be withdrawn");
    tx.exec("delete from terms where program = :program and id = :id", {arg("program", program.id), arg("id", id)});
    tx.exec("update enrollment set accepted_terms = :before where program = :program and accepted_terms = :version",
            {arg("before", version - 1), arg("program", program.id), arg("version", version)});
    touch_program(tx, kernel, program.id);
    return {};
}

std::vector<Terms> terms_of(storage::Tx& tx, Kernel const& kernel, Program const& program) {
    std::vector<Terms> list;
    for (auto const& [id, version, effective, settings, plan, text, created] : tx.query<std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::int64_t>(
             "select id, version, effective_at_us, settings, plan, text, created_at_us from terms where program = :program order by version", {arg("program", program.id)})) {
        Terms terms{id, program.id, version, effective, read_settings(settings, program.currency).value(), plan, text, created, std::nullopt};
        list.push_back(compiled(kernel, program, std::move(terms)));
    }
    return list;
}

Terms const* ProgramView::in_force(std::int64_t at_us) const {
    if (terms.empty()) return nullptr;
    Terms const* found = &terms.front();
    for (auto const& candidate : terms)
        if (candidate.effective_at_us <= at_us) found = &candidate;
    return found;
}

Terms const* ProgramView::of_version(Id id) const {
    auto const found = std::find_if(terms.begin(), terms.end(), [&](Terms const& t) { return t.id == id; });
    return found == terms.end() ? nullptr : &*found;
}

std::shared_ptr<ProgramView const> ProgramViews::get(storage::Tx& tx, Id program) {
    auto const version = tx.value<std::int64_t>("select version from program where id = :id", {arg("id", program)});
    return version ? get(tx, program, *version) : nullptr;
}

std::shared_ptr<ProgramView const> ProgramViews::get(storage::Tx& tx, Id program, std::int64_t version) {
    {
        std::lock_guard const lock(mutex_);
        auto const found = views_.find(program);
        if (found != views_.end() && found->second->program.version == version) return found->second;
    }
    auto const loaded = find_program(tx, program);
    auto view = std::make_shared<ProgramView>(ProgramView{*loaded, terms_of(tx, kernel_, *loaded), plugins_of(tx, program)});
    std::lock_guard const lock(mutex_);
    return views_[program] = std::move(view);
}

}  // namespace partnerd::programs

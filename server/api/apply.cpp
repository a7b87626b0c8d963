// POST /v1/apply: a declaration becomes so, whole or not at all; what is so already stays. ?dry_run=1 shows what would change.
#include "api/apply_body.hpp"
#include "api/audited.hpp"
#include "api/changes.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/plugin_setting.hpp"
#include "domain/calendar.hpp"
#include "programs/fx_rate.hpp"

#include <boost/json.hpp>

namespace partnerd::api {

using routing::Request;
using routing::Response;
using storage::arg;

namespace {

Error below(Error error, std::string_view pointer) {
    error.field.insert(0, pointer);
    return error;
}

// One application of a body, in the caller's unit.
class Application {
  public:
    Application(Api const& api, storage::Tx& tx, Request const& request, Wanted const& wanted)
        : api_(api), tx_(tx), request_(request), wanted_(wanted) {}

    Status run() {
        if (auto status = apply_program(); !status) return status;
        if (auto status = apply_terms(); !status) return status;
        if (auto status = apply_plugins(); !status) return status;
        if (auto status = apply_fx_rates(); !status) return status;
        if (auto status = apply_partners(); !status) return status;
        return apply_status();
    }
    std::vector<Change> const& changes() const noexcept { return changes_; }

  private:
    Status apply_program();
    Status create_program();
    Status apply_terms();
    Status check_terms(std::vector<programs::Terms> const& known, programs::TermsSettings const& settings, std::string const& plan,
                       bool& same) const;
    Status apply_plugins();
    Status apply_partners();
    Status apply_fx_rates();
    Status apply_status();
    // Notes a change, and writes it to the audit log unless it is none.
    void note(std::string noun, std::string handle, std::string change, Id id, Difference difference);

    Api const& api_;
    storage::Tx& tx_;
    Request const& request_;
    Wanted const& wanted_;
    programs::Program program_;
    std::vector<Change> changes_;
};

void Application::note(std::string noun, std::string handle, std::string change, Id id, Difference difference) {
    if (change != "none")
        write_audit(api_, tx_, request_, "apply " + change, noun, id, change == "create" ? std::string() : difference.before_json(),
                    difference.after_json());
    changes_.push_back({std::move(noun), std::move(handle), std::move(change), std::move(difference)});
}

Status Application::create_program() {
    if (!wanted_.program.currency)
        return Error(errc::missing_field, "'currency' is required: there is no program '" + wanted_.handle + "' yet", "/program/currency");
    program_.handle = wanted_.handle;
    program_.currency = *wanted_.program.currency;
    auto wish = wanted_.program;
    if (!wish.name) wish.name = wanted_.handle;
    auto difference = apply_wish(program_, wish);
    if (!difference) return below(difference.error(), "/program");
    difference->text("currency", "", program_.currency.code());
    if (auto status = programs::create_program(tx_, api_.kernel, program_); !status) return below(status.error(), "/program");
    note("program", program_.handle, "create", program_.id, std::move(*difference));
    return {};
}

Status Application::apply_program() {
    auto const known = programs::find_program(tx_, std::string_view(wanted_.handle));
    if (!known) return create_program();
    program_ = *known;
    auto difference = apply_wish(program_, wanted_.program);
    if (!difference) return below(difference.error(), "/program");
    if (!difference->empty())
        if (auto status = programs::update_program(tx_, api_.kernel, program_); !status) return below(status.error(), "/program");
    auto const change = difference->empty() ? "none" : "update";
    note("program", program_.handle, change, program_.id, std::move(*difference));
    return {};
}

// Whether the wanted terms are there already, and whether they may be added otherwise.
Status Application::check_terms(std::vector<programs::Terms> const& known, programs::TermsSettings const& settings, std::string const& plan,
                                bool& same) const {
    auto const& wish = *wanted_.terms;
    auto const now_us = api_.kernel.clock.now_us();
    auto const reads_alike = [&](programs::Terms const& t) {
        bool const dated_alike = !wish.effective_at_us || *wish.effective_at_us == t.effective_at_us;
        return dated_alike && t.settings == settings && t.plan_json == plan && t.text == wish.text;
    };
    if (wish.version) {
        auto const named = std::find_if(known.begin(), known.end(), [&](auto const& t) { return t.version == *wish.version; });
        same = named != known.end() && reads_alike(*named);
        if (named != known.end() && !same)
            return Error(errc::terms_in_force,
                         "version " + std::to_string(*wish.version) +
                             " reads otherwise; a version is never edited: leave 'version' out to add a new one",
                         "/terms/version");
        if (named == known.end() && *wish.version != static_cast<std::int64_t>(known.size()) + 1)
            return Error(errc::invalid_field, "the next version is " + std::to_string(known.size() + 1), "/terms/version");
        return {};
    }
    same = !known.empty() && reads_alike(known.back());
    if (!same && !known.empty() && wish.effective_at_us && *wish.effective_at_us <= now_us)
        return Error(errc::terms_in_force,
                     "version " + std::to_string(known.back().version) +
                         " is in force; new terms take effect in the future, or without 'effective_at' as soon as they may",
                     "/terms/effective_at");
    return {};
}

Status Application::apply_terms() {
    if (!wanted_.terms) return {};
    auto const& wish = *wanted_.terms;
    auto const settings = programs::read_settings(wish.settings, program_.currency);
    if (!settings) return placed(settings.error(), "/terms");
    auto const plan = rules::Plan::compile_text(wish.plan, api_.kernel.rules, program_.currency);
    if (!plan) return placed(plan.error(), "/terms");
    auto const known = programs::terms_of(tx_, api_.kernel, program_);
    bool same = false;
    if (auto status = check_terms(known, *settings, plan->pinned_json(), same); !status) return status;
    if (same) {
        note("terms", program_.handle, "none", 0, {});
        return {};
    }
    auto const added = add_wished_terms(tx_, api_.kernel, program_, wish);
    if (!added) return placed(added.error(), "/terms");
    auto const* const last = known.empty() ? nullptr : &known.back();
    Difference difference;
    difference.json("version", last ? std::to_string(last->version) : "", std::to_string(added->version));
    difference.text("effective_at", last ? format_instant(last->effective_at_us) : "", format_instant(added->effective_at_us));
    difference.json("settings", last ? programs::write_settings(last->settings, program_.currency) : "",
                    programs::write_settings(added->settings, program_.currency));
    difference.json("plan", last ? last->plan_json : "", added->plan_json);
    difference.text("text", last ? last->text : "", added->text);
    note("terms", program_.handle, last ? "update" : "create", added->id, std::move(difference));
    return {};
}

Status Application::apply_plugins() {
    auto const known = programs::plugins_of(tx_, program_.id);
    for (auto const& [plugin, config] : wanted_.plugins) {
        bool const off = config.empty();
        if (off && !known.contains(plugin)) {
            note("plugin", plugin, "none", program_.id, {});
            continue;
        }
        auto difference = set_plugin(api_, tx_, program_.id, plugin, {!off, config, 0});
        if (!difference) return below(difference.error(), "/plugins/" + plugin);
        auto const change = difference->empty() ? "none" : known.contains(plugin) ? "update" : "create";
        note("plugin", plugin, change, program_.id, std::move(*difference));
    }
    return {};
}

Status Application::apply_fx_rates() {
    for (std::size_t i = 0; i < wanted_.fx_rates.size(); ++i) {
        auto const& rate = wanted_.fx_rates[i];
        auto const at = "/fx_rates/" + std::to_string(i);
        if (rate.currency == program_.currency.code() || !program_.accepts(rate.currency))
            return Error(errc::currency_not_accepted,
                         "the program takes orders in this currency only once it is among its order_currencies", at + "/currency");
        auto const before =
            tx_.value<std::string>("select rate from fx_rate where program = :program and currency = :currency and day = :day",
                                   {arg("program", program_.id), arg("currency", rate.currency), arg("day", rate.day)});
        Difference difference;
        difference.text("rate", before.value_or(""), rate.rate);
        if (!difference.empty())
            if (auto status = programs::set_fx_rate(tx_, program_, rate.currency, rate.day, rate.rate); !status)
                return Error(status.error().code, status.error().detail, at + "/rate");
        auto const change = difference.empty() ? "none" : before ? "update" : "create";
        note("fx_rate", rate.currency + " " + format_day(rate.day), change, program_.id, std::move(difference));
    }
    return {};
}

Status Application::apply_partners() {
    for (std::size_t i = 0; i < wanted_.partners.size(); ++i) {
        auto const& wish = wanted_.partners[i];
        auto done = upsert_partner(tx_, api_.kernel, program_.id, wish);
        if (!done) return below(done.error(), "/partners/" + std::to_string(i));
        if (done->enrolled) done->difference.text("enrollment", "", "active");
        auto const change = done->created ? "create" : done->difference.empty() ? "none" : "update";
        note("partner", wish.handle, change, done->partner, std::move(done->difference));
    }
    return {};
}

// Last, since a program that is live has terms.
Status Application::apply_status() {
    if (!wanted_.status || *wanted_.status == program_.status) return {};
    Difference difference;
    difference.text("status", program_.status, *wanted_.status);
    if (auto status = programs::change_status(tx_, api_.kernel, program_.id, *wanted_.status); !status)
        return below(status.error(), "/program");
    note("program", program_.handle, "update", program_.id, std::move(difference));
    return {};
}

// The core's own parameter of every change, which this one looks at.
constexpr QueryWords apply_query[] = {{"dry_run", "{}", ""}};

Status apply_wanted(Api const& api, storage::Tx& tx, Request const& request, Response& response, Wanted const& wanted) {
    if (auto status = only_params(request, apply_query); !status) return status;
    Application application(api, tx, request, wanted);
    if (auto status = application.run(); !status) return status;
    bool const shown_only = request.param("dry_run") == std::string_view("1");
    return answer(response, 200, changes_json(application.changes(), !shown_only));
}

}  // namespace

void add_apply_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto route = change("POST", "/v1/apply", operators, "Make a program, its terms, plugins and partners what the body says",
                        Body{"Apply", read_wanted}, bound(api, apply_wanted));
    route.max_body = 1024 * 1024;
    routes.push_back(answering(std::move(route), {200}, "Changes"));
}

}  // namespace partnerd::api

#include "plugins/c_conversion.hpp"
#include "plugins/c_text.hpp"
#include "plugins/deferred.hpp"
#include "plugins/instance.hpp"
#include "plugins/names.hpp"
#include "plugins/services.hpp"

// What find() may fill: on the host's stack while it runs.
struct partnerd_candidates {
    std::string source;
    std::vector<partnerd::tracking::Candidate> found;
};

namespace partnerd::plugins {
namespace {

thread_local partnerd_candidates* open_candidates = nullptr;

Attributor make_attributor(Instance& instance, partnerd_attributor const& given) {
    return [&instance, source = std::string(given.id), find = given.find, user = given.user](
               storage::Tx& tx, tracking::ConversionReport const& report) -> Result<std::vector<tracking::Candidate>> {
        CConversion const conversion(report);
        partnerd_candidates candidates{source, {}};
        auto* const outer = std::exchange(open_candidates, &candidates);
        auto const status = call_in_tx(
            instance, tx, [&](Frame& frame, partnerd_error* e) { return find(user, frame.c_tx(), conversion.get(), &candidates, e); });
        open_candidates = outer;
        if (!status) return status.error();
        return std::move(candidates.found);
    };
}

partnerd_status add_attributor(partnerd_host* host, partnerd_attributor const* given, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_attributor, user))
            return fail(e, PARTNERD_E_INVALID, "no attributor, or a struct_size that is too small");
        auto const attributor = whole(given);
        if (!is_name(sv_or_empty(attributor.id)) || attributor.find == nullptr)
            return fail(e, PARTNERD_E_INVALID, "an attributor has an id, [a-z][a-z0-9_]*, and a find function");
        for (std::string_view const own : {"assigned", "click", "binding"})
            if (own == attributor.id) return fail(e, PARTNERD_E_CONFLICT, "the attributor " + std::string(own) + " is the core's");
        if (instance.all != nullptr)
            for (auto const& other : *instance.all)
                for (auto const& taken : other->registered.attributors)
                    if (taken.id == attributor.id && other->state != State::failed)
                        return fail(e, PARTNERD_E_CONFLICT, "the attributor " + taken.id + " is plugin " + other->id + "'s");
        instance.registered.attributors.push_back({attributor.id, make_attributor(instance, attributor)});
        return PARTNERD_OK;
    });
}

partnerd_status candidate(partnerd_candidates* candidates, partnerd_candidate const* given) noexcept {
    if (candidates == nullptr || candidates != open_candidates) return PARTNERD_E_STATE;
    if (given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_candidate, evidence)) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto const c = whole(given);
        if (c.enrollment <= 0) return PARTNERD_E_INVALID;
        tracking::Candidate found;
        found.source = candidates->source;
        found.enrollment = c.enrollment;
        found.at_us = c.at_us;
        found.evidence = sv(c.evidence);
        found.link = c.link;
        candidates->found.push_back(std::move(found));
        return PARTNERD_OK;
    });
}

ClickReport click_report(Instance const& instance, partnerd_click const& c) {
    ClickReport report;
    report.plugin = instance.id;
    report.program = c.program;
    report.link = c.link;
    report.test = c.test != 0;
    report.subs_json = sv(c.subs_json);
    report.referrer = sv(c.referrer);
    report.user_agent = sv(c.user_agent);
    report.client_ip = sv(c.client_ip);
    report.visitor = sv(c.visitor);
    report.at_us = c.at_us;
    report.at_risk_us = c.at_risk_us;
    return report;
}

partnerd_status click(partnerd_host* host, partnerd_click const* given, partnerd_deferred* handle, partnerd_buf* click_id,
                      partnerd_error* e) noexcept {
    auto const deferred = handle == nullptr ? nullptr : Deferred::find(handle);
    auto const refuse = [&](partnerd_status status, std::string_view why) {
        if (deferred != nullptr) deferred->complete(Error(errc::plugin_failed, std::string(why)));
        return fail(e, status, why);
    };
    auto* const instance = instance_of(host);
    if (instance == nullptr || given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_click, at_us))
        return refuse(PARTNERD_E_INVALID, "no host handle, no click, or a struct_size that is too small");
    if (Frame::role_now() != Role::io) return refuse(PARTNERD_E_THREAD, "clicks are recorded on [io]");
    if (handle != nullptr && deferred == nullptr) return fail(e, PARTNERD_E_STATE, "the deferred was answered before");
    return barrier(e, [&]() -> partnerd_status {
        auto const id = instance->services->click(click_report(*instance, whole(given)), deferred);
        if (id) {
            put(click_id, *id);
            return PARTNERD_OK;
        }
        if (deferred != nullptr) deferred->complete(id.error());
        return fail(e, id.error());
    });
}

partnerd_status give_outcome(Frame& frame, tracking::Outcome outcome, partnerd_outcome* out) {
    partnerd_outcome c{};
    c.state = static_cast<std::int32_t>(outcome.state);
    c.first_state = static_cast<std::int32_t>(outcome.first_state);
    c.n_lines = static_cast<std::uint32_t>(outcome.lines.size());
    c.conversion = outcome.conversion;
    c.partner = outcome.partner;
    c.reason_code = frame.keep(outcome.reason);
    give(out, c);
    std::erase_if(frame.outcomes, [&](auto const& kept) { return kept.first == outcome.conversion; });
    frame.outcomes.emplace_back(outcome.conversion, std::move(outcome));
    return PARTNERD_OK;
}

// What the kernel refuses leaves nothing behind, and the unit goes on.
template <class Report>
partnerd_status report_in(Frame& frame, partnerd_outcome* out, partnerd_error* e, Report&& report) {
    Result<tracking::Outcome> outcome = errc::internal;
    frame.tx->nested([&] {
        outcome = report();
        return outcome.has_value();
    });
    return outcome ? give_outcome(frame, std::move(*outcome), out) : fail(e, outcome.error());
}

partnerd_status convert(partnerd_tx* tx, partnerd_conversion const* given, partnerd_outcome* out, partnerd_error* e) noexcept {
    if (given == nullptr || out == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_conversion, at_us) ||
        out->struct_size < PARTNERD_SIZE_TO(partnerd_outcome, reason_code))
        return fail(e, PARTNERD_E_INVALID, "no conversion, no outcome, or a struct_size that is too small");
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        auto const report = conversion_report(whole(given), frame.instance.id);
        if (!report) return fail(e, report.error());
        return report_in(frame, out, e, [&] { return frame.instance.services->convert(*frame.tx, *report); });
    });
}

partnerd_status adjust(partnerd_tx* tx, partnerd_id program, partnerd_str kind, partnerd_str external_id, partnerd_adjustment const* given,
                       partnerd_outcome* out, partnerd_error* e) noexcept {
    if (given == nullptr || out == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_adjustment, at_us) ||
        out->struct_size < PARTNERD_SIZE_TO(partnerd_outcome, reason_code))
        return fail(e, PARTNERD_E_INVALID, "no adjustment, no outcome, or a struct_size that is too small");
    return in_tx(tx, true, e, [&](Frame& frame) -> partnerd_status {
        auto const report = adjustment_report(whole(given));
        if (!report) return fail(e, report.error());
        auto const of_kind = kind.len == 0 ? std::string_view("sale") : sv(kind);
        return report_in(frame, out, e,
                         [&] { return frame.instance.services->adjust(*frame.tx, program, of_kind, sv(external_id), *report); });
    });
}

partnerd_status outcome_line(partnerd_tx* tx, partnerd_outcome const* outcome, std::uint32_t i, partnerd_line* line,
                             partnerd_error* e) noexcept {
    if (outcome == nullptr || line == nullptr || line->struct_size < PARTNERD_SIZE_TO(partnerd_line, payable_at_us))
        return fail(e, PARTNERD_E_INVALID, "no outcome, no line, or a struct_size that is too small");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        for (auto const& [conversion, kept] : frame.outcomes) {
            if (conversion != outcome->conversion || i >= kept.lines.size()) continue;
            auto c = c_line(kept.lines[i]);
            for (auto* const text : {&c.key, &c.kind, &c.state}) *text = frame.keep(std::string(sv(*text)));
            give(line, c);
            return PARTNERD_OK;
        }
        return fail(e, PARTNERD_E_NOTFOUND, "there is no such line in an outcome of this unit");
    });
}

}  // namespace

partnerd_tracking_api const tracking_service = {
    sizeof(partnerd_tracking_api), 0, &add_attributor, &candidate, &click, &convert, &adjust, &outcome_line};

}  // namespace partnerd::plugins

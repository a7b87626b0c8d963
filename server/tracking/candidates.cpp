// Evidence becomes candidates: who may have brought this customer.
#include <algorithm>

#include "domain/click_id.hpp"
#include "programs/link.hpp"
#include "tracking/click_retention.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

using storage::arg;

Status Tracker::gather_assigned(storage::Tx& tx, Work& work) const {
    auto const& name = work.report.assigned_partner;
    if (name.empty()) return {};
    auto const partner = programs::find_partner(tx, name);
    auto const enrollment = partner ? programs::find_enrollment_of(tx, work.report.program, partner->id) : std::nullopt;
    if (!enrollment)
        return Error(errc::unknown_partner, "'" + name.substr(0, 64) + "' is not a partner of this program; enroll it first", "/assigned_partner");
    work.candidates.push_back({"assigned", enrollment->id, 0, "named by the merchant: " + partner->handle, "", 0, work.report.link, ""});
    return {};
}

Status Tracker::gather_click(storage::Tx& tx, Work& work) const {
    auto const& text = work.report.click_id;
    if (text.empty()) return {};
    auto const click = verify_click_id(kernel_.secrets.click_key, work.report.program, text);
    if (!click) return click.error();
    Candidate candidate{"click", 0, id_time_us(*click), "click " + text, "", *click, 0, ""};
    auto& known = Known::of(tx);
    auto const row = known.click(tx, work.report.program, *click);
    auto const link = row ? known.link(tx, row->link) : nullptr;
    auto const judged = judge_click(work.conversion.at_us, candidate.at_us, work.terms->settings.window_days);
    if (!link && *click < kept_from(tx)) {
        candidate.reason = judged.empty() ? "click_no_longer_kept" : judged;
    } else if (!link) {
        candidate.reason = "click_not_found";
    } else {
        candidate.enrollment = link->enrollment;
        candidate.link = link->id;
        candidate.sub1 = row->sub1;
        candidate.reason = link->stopped ? "emergency_stop" : judged;
        work.conversion.sub1 = candidate.sub1;
    }
    work.conversion.click = *click;
    work.candidates.push_back(std::move(candidate));
    return {};
}

void Tracker::gather_binding(storage::Tx& tx, Work& work) const {
    if (work.conversion.customer.empty() || !Known::of(tx).has_binding(tx, work.report.program, work.conversion.customer)) return;
    auto const row = tx.row<std::int64_t, std::int64_t, std::int64_t>(
        "select enrollment, from_us, conversion from binding where program = :program and customer = :customer and from_us <= :at and until_us > :at order by from_us desc limit 1",
        {arg("program", work.report.program), arg("customer", work.conversion.customer), arg("at", work.conversion.at_us)});
    if (!row) return;
    auto const& [enrollment, from_us, conversion] = *row;
    work.candidates.push_back({"binding", enrollment, from_us, "the customer is bound since " + format_id("cnv", conversion), "", 0, 0, ""});
}

Status Tracker::check_link(storage::Tx& tx, Work const& work) const {
    if (work.report.link == 0) return {};
    auto const link = Known::of(tx).link(tx, work.report.link);
    if (link && link->program == work.report.program) return {};
    return Error(errc::unknown_link, "the link " + format_id("lnk", work.report.link) + " is not one of this program", "/link");
}

Status Tracker::gather(storage::Tx& tx, Work& work) const {
    if (auto status = check_link(tx, work); !status) return status;
    if (auto status = gather_assigned(tx, work); !status) return status;
    for (auto const& [source, attributor] : attributors_) {
        auto const setting = work.view->plugins.find(attributor.plugin);
        bool const enabled = attributor.plugin.empty() || (setting != work.view->plugins.end() && setting->second.enabled);
        if (!enabled) continue;
        auto const known = work.candidates.size();
        if (auto status = attributor.find(tx, work.report, work.candidates); !status) return status;
        for (auto i = known; i < work.candidates.size(); ++i) work.candidates[i].source = source;
    }
    // A code that led to nobody is no candidate, but whoever asks why nobody earned sees it.
    auto const& code = work.report.code;
    if (!code.empty() && std::none_of(work.candidates.begin(), work.candidates.end(), [](Candidate const& c) { return c.source == "coupon"; }))
        work.candidates.push_back({"coupon", 0, 0, "code " + code + " belongs to no partner", "", 0, 0, ""});
    if (auto status = gather_click(tx, work); !status) return status;
    gather_binding(tx, work);
    // Paused or ended: only a click made before still earns, since links lead without click ids now.
    auto const& status = work.view->program.status;
    if (status == "paused" || status == "ended")
        for (auto& candidate : work.candidates)
            if (candidate.source != "click" && candidate.eligible()) candidate.reason = "program_not_live";
    work.attribution = attribute(work.candidates, work.terms->settings.precedence, work.conversion.at_us);
    return {};
}

// The state of the program, the partner and the enrollment decides whether the chosen one earns; nobody else moves up.
void Tracker::credit(storage::Tx& tx, Work& work) const {
    auto& c = work.conversion;
    auto const& program = work.view->program;
    auto const nobody = [&](std::string_view reason) {
        c.state = "unattributed";
        c.reason = reason;
    };
    if (work.attribution.chosen < 0) return nobody(work.attribution.reason);
    auto const& chosen = work.candidates[static_cast<std::size_t>(work.attribution.chosen)];
    auto& known = Known::of(tx);
    auto const enrollment = known.enrollment(tx, program.id, chosen.enrollment);
    auto const partner = enrollment ? known.partner(tx, enrollment->partner) : nullptr;
    if (!partner) return nobody("no_candidate");
    if (program.stopped || partner->stopped) return nobody("emergency_stop");
    if (partner->status != "active" || enrollment->status != "active") return nobody("partner_suspended");
    if (program.status == "pilot" && !programs::is_pilot_partner(tx, program.id, partner->id)) return nobody("not_in_pilot");
    work.partner = partner;
    work.enrollment = enrollment;
    c.enrollment = enrollment->id;
    c.partner = partner->id;
    c.source = chosen.source;
    c.link = chosen.link != 0 ? chosen.link : work.report.link;
    if (c.link != 0) work.link = known.link(tx, c.link);
    // Another partner's link says nothing about this one.
    if (work.link && work.link->enrollment != c.enrollment) {
        work.link.reset();
        c.link = 0;
    }
    c.state = "recorded";
    decline_self_referral(tx, work);
}

void Tracker::decline_self_referral(storage::Tx& tx, Work& work) const {
    auto& c = work.conversion;
    auto& known = Known::of(tx);
    bool const own = (!c.customer.empty() && known.is_identity(tx, c.partner, c.customer)) || (!work.email_hash.empty() && known.is_identity(tx, c.partner, work.email_hash));
    if (!own) return;
    c.state = "declined";
    c.reason = "self_referral";
}

}  // namespace partnerd::tracking

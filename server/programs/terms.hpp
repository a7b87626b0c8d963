// Terms: versions of what a program promises. A conversion is judged by those in force at its time; the first have no lower
// bound. Terms in force are never edited; a new version needs an effective date beyond the notice period.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "programs/program.hpp"
#include "rules/plan.hpp"

namespace partnerd::programs {

struct TermsSettings {
    int hold_days = 30;      // from the sale until a commission is payable
    int window_days = 30;    // a click earns for this long
    int binding_days = 0;    // a customer stays with the partner for this long; 0: no binding
    int notice_days = 0;     // a new version takes effect no sooner
    std::int64_t minimum_payout_minor = 0;
    std::vector<std::string> precedence = {"assigned", "coupon", "click", "binding"};
    std::string model = "last";
    friend bool operator==(TermsSettings const&, TermsSettings const&) = default;
};

struct Terms {
    Id id = 0;
    Id program = 0;
    std::int64_t version = 0;
    std::int64_t effective_at_us = 0;
    TermsSettings settings;
    std::string plan_json;  // pinned: every rule as id@version
    std::string text;       // for people
    std::int64_t created_at_us = 0;
    std::optional<rules::Plan> plan;  // absent when a rule version is not loaded: such a conversion cannot be computed
};

std::string write_settings(TermsSettings const& settings, Currency const& currency);  // JSON
// Unknown members, days out of 0..3650, other models than "last", precedence with repeats: invalid_field with pointer.
Result<TermsSettings> read_settings(std::string_view json, Currency const& currency);

// Adds a version. `effective_at_us` 0: now, or the beginning of the notice period's end. unknown_rule, invalid_field ("/plan/...",
// "/settings/..."), notice_too_short. The notice period is 0 while the program is a draft or has no conversions.
Result<Terms> add_terms(storage::Tx& tx, Kernel const& kernel, Program const& program, TermsSettings const& settings, std::string_view plan_json, std::string_view text,
                        std::int64_t effective_at_us);
// Takes back the newest version while it is not in force yet and has judged nothing: not_found, terms_in_force.
Status withdraw_terms(storage::Tx& tx, Kernel const& kernel, Program const& program, std::int64_t version);
std::vector<Terms> terms_of(storage::Tx& tx, Kernel const& kernel, Program const& program);  // by version, plans compiled

// Everything about a program that a conversion or a click needs. Immutable.
struct ProgramView {
    Program program;
    std::vector<Terms> terms;  // by version
    std::map<std::string, PluginSetting> plugins;
    Terms const* in_force(std::int64_t at_us) const;  // null: the program has no terms
    Terms const* of_version(Id terms) const;
};

// Views by program, loaded again when the program's version in the database has moved on: right inside a batch, after a
// rollback, and on every node, for the price of one look-up by key. [write] [read], any thread.
class ProgramViews {
  public:
    explicit ProgramViews(Kernel const& kernel) : kernel_(kernel) {}
    std::shared_ptr<ProgramView const> get(storage::Tx& tx, Id program);  // null: no such program
    // The same for who has read in this unit that the program is at this version.
    std::shared_ptr<ProgramView const> get(storage::Tx& tx, Id program, std::int64_t version);

  private:
    Kernel const& kernel_;
    std::mutex mutex_;
    std::map<Id, std::shared_ptr<ProgramView const>> views_;  // guarded by mutex_
};

}  // namespace partnerd::programs

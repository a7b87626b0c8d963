// A whole kernel over an empty database, with a clock that stands still, for the tests of the kernel's folders.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "database/test_database.hpp"
#include "ledger/account.hpp"
#include "programs/link.hpp"
#include "reports/verify.hpp"
#include "rules/builtin.hpp"
#include "rules/registry.hpp"
#include "tracking/tracker.hpp"

namespace partnerd::testing {

inline constexpr std::int64_t start_us = 1'772'000'000'000'000;  // 2026-02-25T06:13:20Z
inline constexpr char ten_percent[] = R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"10%"}}]})";

// review@1 asks an operator about every order of at least params.from, and pays 10 % of it. decline@1 declines. share@1 pays the
// enrollment params.payee (a text) 5 % beside the credited one's 10 %.
void add_test_rules(rules::RuleRegistry& registry);

class House {
  public:
    House();
    // Over what is in that folder, which goes away with the house.
    explicit House(std::filesystem::path at, std::function<void(storage::StorageSettings&)> const& with = {});
    ~House();
    void reopen();  // as a restart does

    // Runs `work` in a unit that commits, and gives what it returns.
    template <class Work>
    auto write(Work work) {
        using T = decltype(work(std::declval<storage::Tx&>()));
        if constexpr (std::is_void_v<T>) {
            storage->write([&](storage::Tx& tx) { return work(tx), true; });
        } else {
            std::optional<T> result;
            storage->write([&](storage::Tx& tx) { return result.emplace(work(tx)), true; });
            return std::move(*result);
        }
    }
    template <class Work>
    auto read(Work work) {
        using T = decltype(work(std::declval<storage::Tx&>()));
        std::optional<T> result;
        storage->read([&](storage::Tx& tx) { result.emplace(work(tx)); });
        return std::move(*result);
    }

    // A live program in GBP with these terms.
    programs::Program program(std::string handle, std::string_view plan = ten_percent, programs::TermsSettings const& settings = {},
                              std::function<void(programs::Program&)> const& with = {});
    void status(programs::Program const& program, std::string_view status);
    programs::Partner partner(std::string handle, std::string email = {});
    programs::Enrollment enrolled(programs::Program const& program, std::string handle, std::string email = {});
    programs::Link link(programs::Program const& program, programs::Enrollment const& enrollment, std::string code = {});
    // A click id of that time, as a browser would bring it.
    std::string click(programs::Link const& link, std::int64_t at_us, std::string sub1 = {});

    // Commits when it is accepted, rolls back when it is refused, as every caller of the tracker does.
    Result<tracking::Outcome> convert(tracking::ConversionReport const& report);
    Result<tracking::Outcome> adjust(tracking::ConversionReport const& of, tracking::AdjustmentReport const& adjustment);
    Result<tracking::Outcome> review(Id program, Id conversion, bool approve, std::string_view reason = "looked at");
    int release();

    std::int64_t pending(Id program, Id partner) { return balance(program, ledger::pending_account(partner)); }
    std::int64_t payable(Id program, Id partner) { return balance(program, ledger::payable_account(partner)); }
    std::int64_t balance(Id program, std::string const& account);
    std::int64_t count(std::string const& from_where);  // "conversion where state = 'held'"
    void execute(std::string const& sql);
    void allow_tampering();  // takes away what keeps postings and entries as they are
    reports::Verification verify();
    bool verifies();  // prints what is wrong

    ManualClock clock{start_us};
    IdMint mint{clock, 1};
    std::filesystem::path folder;
    TestDatabase database;
    storage::StorageSettings opening;
    std::unique_ptr<storage::Storage> storage;
    programs::Secrets secrets;
    rules::RuleRegistry registry;
    events::Outbox outbox{clock, mint};
    programs::ChangeFeed changes;
    programs::Kernel kernel{clock, mint, secrets, registry, outbox, changes};
    programs::ProgramViews views{kernel};
    tracking::Tracker tracker{kernel, views};
};

// A sale of `amount_minor` (GBP) with `partner` as the assigned one (empty: none).
tracking::ConversionReport sale(programs::Program const& program, std::string external_id, std::int64_t amount_minor, std::string partner = {});
tracking::AdjustmentReport refund(std::string id, std::optional<std::int64_t> amount_minor = {});
tracking::AdjustmentReport amend(std::string id, std::int64_t amount_minor);
tracking::AdjustmentReport decline(std::string id);

// The code of a refusal, or "ok".
template <class T>
std::string code(Result<T> const& result) {
    return result ? "ok" : std::string(result.error().name());
}

}  // namespace partnerd::testing

// A write request as a unit of work. Made by the dispatcher; goes away by itself when it is done.
#pragma once

#include <optional>

#include "routing/dispatcher.hpp"
#include "routing/idempotent.hpp"

namespace partnerd::routing {

class WriteUnit final : public storage::Unit {
  public:
    WriteUnit(Dispatcher& dispatcher, Exchange& exchange, RouteEntry const& entry, std::optional<Keeping> keeping, bool dry_run);
    bool run(storage::Tx& tx) override;
    void expect(storage::Tx& tx) noexcept override;
    void done(storage::UnitResult const& result) noexcept override;
    std::string_view lock_key() const override { return lock_key_; }
    std::int64_t program() const override { return exchange_.request.program; }

  private:
    Status call(storage::Tx& tx);
    bool run_kept(storage::Tx& tx);
    bool run_once(storage::Tx& tx);
    Error lost(storage::UnitResult const& result) const;

    Dispatcher& dispatcher_;
    Exchange& exchange_;
    RouteEntry const& entry_;
    std::optional<Keeping> const keeping_;
    std::string const lock_key_;
    bool const dry_run_;
    // Of the last run:
    enum class Outcome { none, commit, roll_back } outcome_ = Outcome::none;  // what run() returned with a full response
    bool replayed_ = false;
};

}  // namespace partnerd::routing

#include "routing/write_unit.hpp"

#include "routing/answer.hpp"

namespace partnerd::routing {

WriteUnit::WriteUnit(Dispatcher& dispatcher, Exchange& exchange, RouteEntry const& entry, std::optional<Keeping> keeping, bool dry_run)
    : dispatcher_(dispatcher),
      exchange_(exchange),
      entry_(entry),
      keeping_(std::move(keeping)),
      lock_key_(keeping_ ? keeping_->scope.lock_key() : std::string()),
      dry_run_(dry_run) {}

bool WriteUnit::run(storage::Tx& tx) {
    outcome_ = Outcome::none;
    replayed_ = false;
    exchange_.response.clear();
    bool const commit = keeping_ ? run_kept(tx) : run_once(tx);
    outcome_ = commit ? Outcome::commit : Outcome::roll_back;
    return commit;
}

void WriteUnit::expect(storage::Tx& tx) noexcept {
    if (!entry_.route.expect) return;
    try {
        entry_.route.expect(tx, exchange_.request);
    } catch (std::exception const&) {
        // run() will meet it too, and answer.
    }
}

Status WriteUnit::call(storage::Tx& tx) {
    try {
        return entry_.route.handle(tx, exchange_.request, exchange_.response);
    } catch (Refused const& refused) {
        return refused.error;
    }
}

bool WriteUnit::run_once(storage::Tx& tx) {
    auto const status = call(tx);
    if (!status) answer_problem(exchange_.response, status.error());
    return status && !dry_run_;
}

bool WriteUnit::run_kept(storage::Tx& tx) {
    if (auto const kept = auth::find_answer(tx, keeping_->scope)) {
        replay(exchange_.response, *kept, keeping_->body_hash);
        replayed_ = true;
        return true;
    }
    Status status;
    tx.nested([&] {
        status = call(tx);
        return status.has_value();
    });
    if (!status) answer_problem(exchange_.response, status.error());
    if (!status && !worth_keeping(exchange_.response)) return false;
    if (worth_keeping(exchange_.response))
        auth::keep_answer(tx, keeping_->scope, to_keep(exchange_.response, keeping_->body_hash), dispatcher_.clock_.now_us());
    return true;
}

Error WriteUnit::lost(storage::UnitResult const& result) const {
    log_failure(exchange_.request, result.message.empty() ? "the unit was rolled back" : result.message);
    if (result.state != storage::UnitState::failed) return error_of(result.category);
    auto error = error_of(result.category);
    return error.code == errc::internal ? Error(errc::storage_failed, "try again") : error;
}

void WriteUnit::done(storage::UnitResult const& result) noexcept {
    bool const as_wanted = (result.state == storage::UnitState::committed && outcome_ == Outcome::commit) ||
                           (result.state == storage::UnitState::rolled_back && outcome_ == Outcome::roll_back);
    if (!as_wanted) answer_problem(exchange_.response, lost(result));
    else if (dry_run_) exchange_.response.set_header("dry-run", "true");
    auto& dispatcher = dispatcher_;
    auto& exchange = exchange_;
    if (as_wanted && replayed_) dispatcher.replayed_.fetch_add(1, std::memory_order_relaxed);
    delete this;
    exchange.complete();
    dispatcher.units_.fetch_sub(1);  // the last touch: a dispatcher that goes away waits for it
}

}  // namespace partnerd::routing

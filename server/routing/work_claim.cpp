#include "routing/work_claim.hpp"

namespace partnerd::routing {

namespace {
constexpr std::int64_t held_at_most_us = 5 * minute_us;
}

// Within this process the dispatcher lets nobody in while the work runs, so that a claim of our own is one that could not be given up.
bool WorkClaim::is_held(storage::Tx& tx, auth::KeptAnswer const& found) const {
    if (found.claimed_by() == neighbours_.self || found.at_us + held_at_most_us < clock_.now_us()) return false;
    return neighbours_.is_alive(tx, found.claimed_by());
}

Result<std::optional<auth::KeptAnswer>> WorkClaim::take() {
    std::optional<auth::KeptAnswer> found;
    storage_.read([&](storage::Tx& tx) { found = auth::find_answer(tx, keeping_.scope); });
    if (neighbours_.self.empty() || (found && !found->is_claim())) return found;
    bool held = false;
    storage_.write(
        [&](storage::Tx& tx) {
            found = auth::find_answer(tx, keeping_.scope);
            held = found && found->is_claim() && is_held(tx, *found);
            if (held || (found && !found->is_claim())) return false;
            auth::claim_answer(tx, keeping_.scope, keeping_.body_hash, neighbours_.self, clock_.now_us());
            found.reset();
            return true;
        },
        keeping_.scope.lock_key());
    if (held) return Error(errc::busy, "another server still runs the first request with this Idempotency-Key");
    ours_ = !found;
    return found;
}

void WorkClaim::keep(auth::KeptAnswer const& answer) {
    storage_.write(
        [&](storage::Tx& tx) {
            if (ours_) auth::drop_claim(tx, keeping_.scope, neighbours_.self);
            // Whoever took the claim over may have been quicker.
            if (!auth::find_answer(tx, keeping_.scope)) auth::keep_answer(tx, keeping_.scope, answer, clock_.now_us());
            return true;
        },
        keeping_.scope.lock_key());
    ours_ = false;
}

WorkClaim::~WorkClaim() {
    if (!ours_) return;
    try {
        storage_.write([&](storage::Tx& tx) { return auth::drop_claim(tx, keeping_.scope, neighbours_.self), true; }, keeping_.scope.lock_key());
    } catch (std::exception const&) {
        // It ends with its time.
    }
}

}  // namespace partnerd::routing

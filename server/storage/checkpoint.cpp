#include "storage/checkpoint.hpp"

namespace partnerd::storage {
namespace {
constexpr int step_frames = 1000;  // about 4 MB: some milliseconds a step
// While each batch waits behind a full one nobody feels a longer step, and pages that the batches have in common are moved once.
constexpr int step_frames_under_load = 4000;
constexpr std::chrono::milliseconds pause_after_failure{100};
constexpr std::chrono::seconds gate_closed_at_most{3};  // longer than a reader's deadline
}  // namespace

Checkpoint::Checkpoint(SqliteConnection& writer, ReaderGate& gate, std::int64_t soft_bytes, std::int64_t hard_bytes)
    : writer_(writer), gate_(gate), soft_bytes_(soft_bytes), hard_bytes_(hard_bytes) {
    frame_bytes_ = writer_.number("PRAGMA page_size") + 24;  // a frame is a page behind a header of 24 bytes
    sqlite::sqlite3_wal_hook(writer_.database(), &Checkpoint::committed, this);
}

int Checkpoint::committed(void* self, sqlite::sqlite3*, char const*, int frames) {
    auto& checkpoint = *static_cast<Checkpoint*>(self);
    if (frames < checkpoint.frames_) checkpoint.moved_ = checkpoint.tried_ = 0;  // the log was started anew
    checkpoint.frames_ = frames;
    checkpoint.log_bytes_.store(frames * checkpoint.frame_bytes_);
    return SQLITE_OK;
}

void Checkpoint::move(int mode) {
    auto* database = writer_.database();
    sqlite::sqlite3_busy_timeout(database, 0);  // never waits: a reader in another process must not stop the writer
    int in_log = -1, moved = -1;
    int const code = sqlite::sqlite3_wal_checkpoint_v2(database, nullptr, mode, &in_log, &moved);
    sqlite::sqlite3_busy_timeout(database, SqliteConnection::foreign_lock_wait_ms);
    tried_ = frames_;
    if (code != SQLITE_OK && code != SQLITE_BUSY) return;  // a full disk: the next step tries again
    count_.fetch_add(1);
    if (in_log >= 0) {
        frames_ = in_log;
        moved_ = moved;
        tried_ = in_log;
    }
    log_bytes_.store(frames_ * frame_bytes_);
}

void Checkpoint::start_anew() {
    auto const now = SteadyClock::now();
    if (!gate_closed_ && now < not_before_) return;
    if (!gate_closed_) {
        gate_.close();
        gate_closed_ = true;
        gate_closed_at_ = now;
    }
    bool const empty = gate_.empty();
    if (!empty && now - gate_closed_at_ < gate_closed_at_most) return;  // the last one out wakes the writer
    if (empty) move(SQLITE_CHECKPOINT_TRUNCATE);
    gate_.open();
    gate_closed_ = false;
    // Still there: a reader of another process pins the log. Ours shall not queue at the gate for that.
    if (frames_ > 0) not_before_ = SteadyClock::now() + pause_after_failure;
}

void Checkpoint::step(bool idle, bool under_load) {
    if (is_urgent()) start_anew();
    if (gate_closed_) return;
    bool const enough = frames_ - tried_ >= (under_load ? step_frames_under_load : step_frames);
    if (enough || (idle && frames_ > moved_)) move(SQLITE_CHECKPOINT_PASSIVE);
}

}  // namespace partnerd::storage

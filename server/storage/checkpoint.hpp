// Keeps the write-ahead log small. The writer's thread calls it between batches, never between a commit and its answers.
#pragma once

#include <atomic>

#include "storage/reader_gate.hpp"
#include "storage/sqlite_connection.hpp"

namespace partnerd::storage {

class Checkpoint {
  public:
    // Follows the log of `writer`, the only connection of all that checkpoints.
    Checkpoint(SqliteConnection& writer, ReaderGate& gate, std::int64_t soft_bytes, std::int64_t hard_bytes);

    // [writer] One step: moves what can be moved into the database once enough has gathered; above the soft bound it closes the
    // gate, and when the readers are out it starts the log anew. `idle`: nothing else to do, so moves even a little.
    // `under_load`: the units of the next batch waited for the one before.
    void step(bool idle, bool under_load);
    // [writer] The log is too long, and a step soon may shorten it.
    bool is_urgent() const { return gate_closed_ || frames_ * frame_bytes_ > soft_bytes_; }
    std::int64_t log_bytes() const { return log_bytes_.load(); }  // [any] what the log holds since it was started anew
    bool over_hard_bound() const { return log_bytes() > hard_bytes_; }
    std::int64_t count() const { return count_.load(); }

  private:
    static int committed(void* self, sqlite::sqlite3*, char const*, int frames);
    void move(int mode);
    void start_anew();

    SqliteConnection& writer_;
    ReaderGate& gate_;
    std::int64_t const soft_bytes_, hard_bytes_;
    std::int64_t frame_bytes_ = 0;
    int frames_ = 0;  // in the log
    int moved_ = 0;   // of them, in the database too
    int tried_ = 0;   // frames at the last attempt
    bool gate_closed_ = false;
    SteadyClock::time_point gate_closed_at_, not_before_;
    std::atomic<std::int64_t> log_bytes_{0}, count_{0};
};

}  // namespace partnerd::storage

// The number of this process among those that share a PostgreSQL: it is in every id, so no two may have one.
//
// Two things guard it. A session lock tells who is there, so that a second one with the number is refused at once. And the number's owner is
// written down with a mark ahead of the clock, beyond which the owner mints nothing: whoever takes a number over begins behind the mark.
// So a process that lost its session, or slept, cannot make an id that another one makes.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "programs/kernel.hpp"
#include "storage/peers.hpp"

namespace partnerd::host {

class NodeSeat {
  public:
    // [main] `wanted` as configured, or the first free number; a command takes the last free one, whatever a server is configured for.
    // Throws std::runtime_error naming who has it.
    NodeSeat(storage::Storage& storage, storage::Peers& peers, Clock const& clock, std::optional<int> wanted, bool command);
    ~NodeSeat();  // gives the number back

    int node() const noexcept { return node_; }
    std::int64_t first_ms() const noexcept { return right_.from_ms; }
    // [main] Lets the mint go on for as long as the number is kept. The mint outlives the seat.
    void keep(IdMint& mint);
    // As is_alive() knows it, in the database. No other process has had it.
    std::string name() const { return std::to_string(node_) + ' ' + owner_; }
    static bool is_alive(storage::Tx& tx, Clock const& clock, std::string_view name);  // [write]
    std::string trouble() const;  // [any] empty, or why no id is minted

  private:
    void take_wanted(int wanted);
    bool try_take(int node);
    void take_free(bool command);
    void run(IdMint& mint);
    bool renew(IdMint& mint);  // false: another one has it

    storage::Storage& storage_;
    storage::Peers& peers_;
    Clock const& clock_;
    std::string const owner_;
    int node_ = -1;
    programs::MintRight right_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    std::string trouble_;    // guarded by mutex_
    std::thread thread_;
};

}  // namespace partnerd::host

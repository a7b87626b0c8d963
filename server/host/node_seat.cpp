#include "host/node_seat.hpp"

#include <charconv>
#include <stdexcept>

#include "domain/base32.hpp"
#include "logging/log.hpp"

namespace partnerd::host {

namespace {

constexpr int nodes = 512;
constexpr std::chrono::milliseconds renew_every{2000};
constexpr std::chrono::milliseconds renew_again{200};
// The session of a process that was killed ends a moment after it.
constexpr std::chrono::milliseconds patience{3000};
constexpr std::chrono::milliseconds step{50};

std::string in_use(int node, std::string const& holder) {
    return "node " + std::to_string(node) + " is in use" + (holder.empty() ? "" : " by a server " + holder) +
           "; stop that one, give this one a node.id of its own, or leave node.id out and the first free one is taken";
}

}  // namespace

NodeSeat::NodeSeat(storage::Storage& storage, storage::Peers& peers, Clock const& clock, std::optional<int> wanted, bool command)
    : storage_(storage), peers_(peers), clock_(clock), owner_(hex_encode(random_key())) {
    if (wanted && !command) take_wanted(*wanted);
    else take_free(command);
}

void NodeSeat::take_wanted(int wanted) {
    auto const until = std::chrono::steady_clock::now() + patience;
    while (!peers_.take(wanted)) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error(in_use(wanted, peers_.holder(wanted)));
        std::this_thread::sleep_for(step);
    }
    node_ = wanted;
    right_ = programs::take_node(storage_, clock_, node_, owner_);
}

bool NodeSeat::try_take(int node) {
    if (!peers_.take(node)) return false;
    // Its server may only have lost the session that holds the lock, and come back for it.
    if (programs::node_was_alive(storage_, clock_, node)) return peers_.leave(node), false;
    node_ = node;
    right_ = programs::take_node(storage_, clock_, node, owner_);
    return true;
}

void NodeSeat::take_free(bool command) {
    for (int i = 0; i < nodes; ++i)
        if (try_take(command ? nodes - 1 - i : i)) return;
    throw std::runtime_error("all " + std::to_string(nodes) + " node numbers of the database are in use; stop a server, or wait ten seconds if some were killed");
}

NodeSeat::~NodeSeat() {
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    try {
        programs::leave_node(storage_, node_, owner_);
    } catch (std::exception const&) {
        // The mark says when it may be taken.
    }
}

void NodeSeat::keep(IdMint& mint) {
    mint.allow_until(right_.until_ms);
    thread_ = std::thread([this, &mint] { run(mint); });
}

void NodeSeat::run(IdMint& mint) {
    auto due = std::chrono::steady_clock::now() + renew_every;
    for (;;) {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, renew_again, [this] { return stopping_; })) return;
        lock.unlock();
        // A balancer sends nothing to a server in trouble, so that this is what finds the database again.
        if (std::chrono::steady_clock::now() < due && storage_.trouble().empty()) continue;
        try {
            if (!renew(mint)) return;
            due = std::chrono::steady_clock::now() + renew_every;
        } catch (std::exception const&) {
            // /readyz says what the storage has.
        }
    }
}

bool NodeSeat::renew(IdMint& mint) {
    auto const mark = programs::keep_node(storage_, clock_, node_, owner_, mint.last_ms());
    if (mark) return mint.allow_until(*mark), true;
    mint.allow_until(0);
    logging::error("another server took this one's number while it could not reach the database; it makes no ids any more and must be started again", {{"node", node_}});
    std::lock_guard const lock(mutex_);
    trouble_ = "node " + std::to_string(node_) + " belongs to another server now; start this one again";
    return false;
}

bool NodeSeat::is_alive(storage::Tx& tx, Clock const& clock, std::string_view name) {
    int node = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), node);
    if (error != std::errc() || end == name.data() + name.size()) return false;
    name.remove_prefix(static_cast<std::size_t>(end + 1 - name.data()));
    return programs::is_node_of(tx, clock, node, name);
}

std::string NodeSeat::trouble() const {
    std::lock_guard const lock(mutex_);
    return trouble_;
}

}  // namespace partnerd::host

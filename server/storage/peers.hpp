// The other servers on one PostgreSQL: what they changed is heard here, and the number that tells this one from them is kept by a session
// lock. SQLite has one writing process and needs none of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/storage.hpp"

namespace partnerd::storage {

// Called on the thread that listens, one after another. What they throw is taken as something missed, and asked for again.
struct Hearing {
    std::function<void(std::string_view text)> heard;  // a server, perhaps this one, committed a unit that told this
    // Anything may have changed: after a lost session, and every 500 ms while it cannot listen.
    std::function<void()> missed;
};

class Peers {
  public:
    virtual ~Peers() = default;  // stop(), then the session and its lock end

    // [main] before start(). Takes the number until it is left or the session ends; false when another session has it.
    virtual bool take(int node) = 0;
    virtual void leave(int node) = 0;           // [main] before start()
    virtual std::string holder(int node) = 0;   // [main] before start(). Who has it, for a message; empty: nobody that can be seen
    virtual void start(Hearing hearing) = 0;    // [main] What was told since the session began is heard, too.
    virtual void stop() = 0;                    // [main] Nothing is called any more; the number is still held.
};

// Null on SQLite and for those who only read. Throws Failure(connection) naming the server.
std::unique_ptr<Peers> join_peers(StorageSettings const& settings);

// [write] Every server that listens hears the text, at most 7000 bytes of UTF-8, when the unit has committed; equal texts of a unit once.
// PostgreSQL lets commits that tell something wait for each other, so it is for changes, not for what visitors do. Nothing on SQLite.
void tell_peers(Tx& tx, std::string_view text);

}  // namespace partnerd::storage

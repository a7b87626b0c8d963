// What every part of the kernel needs to know of the installation. Made once at start, then constant. [any]
#pragma once

#include "domain/clock.hpp"
#include "domain/digest.hpp"
#include "domain/id.hpp"
#include "events/outbox.hpp"
#include "programs/change_feed.hpp"
#include "rules/registry.hpp"

namespace partnerd::programs {

// Secrets that the installation made for itself; they are in the database, so that every node has the same.
struct Secrets {
    Key32 click_key{};  // signs click ids
    Key32 hash_key{};   // makes pseudonyms of e-mail addresses, customers and visitors
};

struct Kernel {
    Clock const& clock;
    IdMint& mint;
    Secrets const& secrets;
    rules::RuleRegistry const& rules;
    events::Outbox& outbox;
    ChangeFeed& changes;
};

// Reads the secrets; makes them the first time. [worker]
Secrets load_secrets(storage::Storage& storage);
// Until when (milliseconds of an id) this node may have minted; raised by reserve_ids. [worker]
std::int64_t stored_high_water_ms(storage::Storage& storage, int node);
// Stores that ids up to 10 s from now may be minted. [worker]
void reserve_ids(storage::Storage& storage, Clock const& clock, int node);


// Where several servers share a database, a number is its owner's, and ids are minted only as far as the owner's mark.
struct MintRight {
    std::int64_t from_ms = 0;   // an earlier owner may have minted before
    std::int64_t until_ms = 0;  // the mark
};
// `owner` (a text of its own for each process) takes the number; whoever had it mints no further than its mark. [worker]
MintRight take_node(storage::Storage& storage, Clock const& clock, int node, std::string_view owner);
// The new mark; nothing: the number has another owner. `last_ms` is of the newest id. [worker]
std::optional<std::int64_t> keep_node(storage::Storage& storage, Clock const& clock, int node, std::string_view owner, std::int64_t last_ms);
void leave_node(storage::Storage& storage, int node, std::string_view owner);  // [worker]
bool is_node_of(storage::Tx& tx, Clock const& clock, int node, std::string_view owner);  // who has it, and was alive in the last ten seconds
// Somebody has the number, or had it until some seconds ago and did not give it back. [worker]
bool node_was_alive(storage::Storage& storage, Clock const& clock, int node);

}  // namespace partnerd::programs

// One call of the host into a plugin: on which thread role, with which transaction and request. What the plugin calls back is judged by it.
#pragma once

#include <partnerd/http.h>
#include <partnerd/storage.h>

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/c_error.hpp"
#include "plugins/host_services.hpp"

namespace partnerd::plugins {

struct Instance;
class Deferred;

// none: no call of the host is under way, so it is a thread of the plugin's own; it counts as a worker.
// pure: a rule; every service is shut.
enum class Role : std::uint8_t { none, main, io, read, write, worker, pure };
std::string_view role_name(Role role) noexcept;

// `caller`: of the thread that waits for this call, whose request and answer it may go on using.
// On the stack of the calling thread for the length of the call. Handles that the plugin is given are numbers, not addresses: a dead one
// is found out and never followed.
class Frame {
  public:
    Frame(Instance& instance, Role role, storage::Tx* tx = nullptr, routing::Request* request = nullptr,
          routing::Response* response = nullptr, Frame* caller = nullptr);
    ~Frame();
    Frame(Frame const&) = delete;
    Frame& operator=(Frame const&) = delete;

    static Frame* top() noexcept;  // the innermost of this thread, or null
    static Role role_now() noexcept;
    static Frame* of(partnerd_tx const* tx) noexcept;  // null: over, or of another thread
    static Frame* of(partnerd_req const* request) noexcept;
    static Frame* of(partnerd_resp const* response) noexcept;
    static Frame* of(partnerd_stmt const* statement, std::size_t& index) noexcept;

    partnerd_tx* c_tx() const noexcept { return tx != nullptr ? reinterpret_cast<partnerd_tx*>(token_) : nullptr; }
    partnerd_req* c_request() const noexcept { return reinterpret_cast<partnerd_req*>(token_); }
    partnerd_resp* c_response() const noexcept { return reinterpret_cast<partnerd_resp*>(token_); }
    partnerd_stmt* c_statement(std::size_t index) const noexcept { return reinterpret_cast<partnerd_stmt*>(token_ | (index + 1)); }

    // Text that lives until the handler returns.
    partnerd_str keep(std::string text);
    partnerd_str keep(std::shared_ptr<std::string const> text);

    Instance& instance;
    Role const role;
    storage::Tx* const tx;
    routing::Request* const request;
    routing::Response* const response;

    // A failure of the storage that the plugin was told of: thrown again once it has returned, since the unit is lost.
    std::exception_ptr failure;

    struct Lent {
        storage::Statement* statement = nullptr;  // null: released
        std::vector<storage::ColumnType> types;
        std::vector<std::int32_t> c_types;
        bool has_row = false;
    };
    std::vector<Lent> statements;
    std::vector<std::pair<Id, tracking::Outcome>> outcomes;  // by conversion, for outcome_line

    // IO routes
    routing::Exchange* exchange = nullptr;
    int timeout_ms = 0;
    std::shared_ptr<Deferred> deferred;
    std::int32_t wanted_cache = -1;  // PARTNERD_LOAD was given for this cache and key
    std::string wanted_key;

  private:
    std::uintptr_t const token_;
    Frame* const outer_;     // where handles are looked for next
    Frame* const previous_;  // of this thread
    boost::container::small_vector<std::shared_ptr<std::string const>, 2> texts_;
};

// A number for a handle: its low 20 bits are zero.
std::uintptr_t next_token() noexcept;  // a multiple of token_step
inline constexpr std::uintptr_t token_step = std::uintptr_t{1} << 20;

// Runs `body(frame)` for a call with a transaction handle. The unit must be sound; `writes`: only in a unit of work.
template <class Body>
partnerd_status in_tx(partnerd_tx const* handle, bool writes, partnerd_error* e, Body&& body) noexcept {
    Frame* const frame = Frame::of(handle);
    if (frame == nullptr) return fail(e, PARTNERD_E_STATE, "the transaction is over, or belongs to another thread");
    if (Frame::top() != frame) return fail(e, PARTNERD_E_STATE, "the transaction belongs to a call that is further out");
    if (writes && frame->role != Role::write) return fail(e, PARTNERD_E_THREAD, "only [write]: this transaction is a snapshot");
    if (frame->tx->doomed()) return fail(e, PARTNERD_E_STATE, "the unit is doomed and will roll back: an earlier statement failed");
    try {
        return body(*frame);
    } catch (Refused const& refused) {
        return fail(e, refused.error);
    } catch (storage::Failure const&) {
        frame->failure = std::current_exception();
        return fail_current(e);
    } catch (...) {
        frame->failure = std::current_exception();
        frame->tx->doom("a service of the host threw");
        return fail_current(e);
    }
}

}  // namespace partnerd::plugins

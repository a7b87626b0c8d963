// What a stage offers to the world: a method and a path, who may call it, and the function that answers.
#pragma once

#include <functional>
#include <string>

#include "routing/exchange.hpp"
#include "storage/tx.hpp"

namespace partnerd::routing {

enum class RouteKind : std::int32_t {
    read = 0,    // on a worker, in a snapshot that was opened after the request arrived
    write = 1,   // on the storage thread, in a unit of work; the answer waits for durability, the thread does not
    io = 2,      // on the I/O thread: no SQL, no blocking; may defer
    worker = 3,  // on a worker without a transaction; may block
};

// How an io handler left: answered; will be finished later by somebody who holds the exchange; needs a cache entry loaded
// (run `load` on a worker, then call again).
enum class IoFlow { answered, deferred, load };

using TxHandler = std::function<Status(storage::Tx&, Request&, Response&)>;
using WorkerHandler = std::function<Status(Request&, Response&)>;
using IoHandler = std::function<IoFlow(Exchange&, std::function<void()>& load)>;

struct Route {
    RouteKind kind = RouteKind::read;
    std::string method;  // "GET"
    std::string path;    // "/v1/programs/{program}/public"; {program} is looked up: a handle or a prg_ id, 404 unknown_program
    std::string scopes;  // "public", or one of "operator" "merchant" "partner" or several separated by spaces
    std::string plugin;  // set for a plugin's route: exists only for programs that enable the plugin
    std::size_t max_body = 64 * 1024;
    int timeout_ms = 10'000;
    TxHandler handle;     // read, write
    std::function<void(storage::Tx&, Request&)> expect;  // write, or none: see storage::Unit::expect
    WorkerHandler work;   // worker
    IoHandler io;         // io
    std::string summary;  // one line for /openapi.json
    std::string openapi;  // the JSON of an OpenAPI operation object, or empty (operation.hpp); path, scopes and summary are added
    // Media types of a body, separated by spaces. Pairs of a form become parameters, so that one handler may take both.
    std::string accepts = "application/json";
    bool while_draining = false;  // answers also when the server is stopping: /livez, /readyz
};

}  // namespace partnerd::routing

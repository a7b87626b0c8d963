// hello: the smallest plugin in C++. Remembers a name per program:
//   PUT /v1/programs/{program}/hello/name?name=Ada     GET /v1/programs/{program}/hello
#include <partnerd/plugin.hpp>

namespace hello {

using partnerd::arg;

class Plugin {
  public:
    explicit Plugin(partnerd::Host& host) : log_(host.log()), core_(host.core()) {
        host.http().read("GET", "/", {.scopes = "public", .summary = "Greets"}, this, &Plugin::greet);
        host.http().write("PUT", "/name", {.scopes = "merchant", .summary = "Whom to greet"}, this, &Plugin::rename);
    }

    void greet(partnerd::Tx& tx, partnerd::Request& request, partnerd::Response& response) {
        auto const name = tx.value<std::string>("select name from hello_name where program = :program", arg("program", request.program()));
        response.write("{\"hello\":" + partnerd::json_string(name.value_or("world")) + "}");
    }

    void rename(partnerd::Tx& tx, partnerd::Request& request, partnerd::Response& response) {
        auto const name = request.param("name");
        if (!name || name->empty()) partnerd::refuse(422, "name_missing", "Give ?name=", "name");
        tx.exec(
            "insert into hello_name (program, name, changed_at_us) values (:program, :name, :now) "
            "on conflict (program) do update set name = excluded.name, changed_at_us = excluded.changed_at_us",
            arg("program", request.program()), arg("name", *name), arg("now", core_.now_us()));
        log_.info("renamed", {{"name", *name}});
        response.status(204);
    }

  private:
    partnerd::Log log_;
    partnerd::Core core_;
};

constexpr partnerd::Need needs[] = {partnerd::need<partnerd_http_api>(), partnerd::need<partnerd_storage_api>(),
                                    partnerd::need<partnerd_core_api>(), partnerd::need<partnerd_log_api>()};
constexpr char const* tables[] = {
    "create table hello_name (program bigint not null primary key, name text not null, changed_at_us bigint not null)", nullptr};
constexpr partnerd::Migration migrations[] = {partnerd::migration(1, "names", tables, tables)};

}  // namespace hello

PARTNERD_PLUGIN(
    hello::Plugin,
    {.id = "hello", .name = "Hello", .version = "1.0.0", .license = "Apache-2.0", .needs = hello::needs, .migrations = hello::migrations})

// Tests of single values. Each returns what is wrong as a clause ("the port is not a number"), or nothing when the value is fine. Pure.
#pragma once

#include <string>
#include <string_view>

namespace partnerd::config {

std::string check_listen(std::string_view text);          // address:port, [v6]:port, name:port
std::string check_listen_or_none(std::string_view text);  // that, or empty
std::string check_public_url(std::string_view text);      // http or https, a host, no user, query, fragment or slash at the end
std::string check_public_url_or_none(std::string_view text);
std::string check_address_block(std::string_view text);   // "10.0.0.0/8", "::1"
std::string check_storage_url(std::string_view text);     // sqlite: with a path, postgresql:// or postgres:// with a host or a database
std::string check_socket_path(std::string_view text);     // empty, or short enough for sockaddr_un
std::string check_plugin_id(std::string_view text);       // [a-z][a-z0-9_]{1,30} and not "partnerd" (plugin-api/include/partnerd/plugin.h)

}  // namespace partnerd::config

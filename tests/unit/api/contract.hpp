// The document at /openapi.json as a contract: every answer that the tests of this folder get is held against it.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "plugins/json_schema.hpp"
#include "routing/router.hpp"

namespace partnerd::api {

class Contract {
  public:
    // Of the core's routes; made once, since they are the same for every house.
    static Contract& of(std::vector<routing::Route> const& routes);

    boost::json::object const& document() const noexcept { return document_; }
    // "POST /v1/programs/{program}/conversions" -> its operation.
    std::map<std::string, boost::json::object> const& operations() const noexcept { return operations_; }
    // The schema with what it refers to in place, for a validator of draft 7. `closed`: objects have no member that is not named.
    boost::json::value whole(boost::json::value const& schema, bool closed) const;

    // What is wrong with the answer: a status, media type or body that the document does not have. Empty: nothing.
    std::string breach(std::string const& method, std::string const& target, int status, std::string const& content_type,
                       boost::json::value const& body);
    // The operations that succeeded since the last forget(), in all houses.
    std::set<std::string> const& seen() const noexcept { return seen_; }
    void forget() noexcept { seen_.clear(); }

  private:
    explicit Contract(std::vector<routing::Route> const& routes);
    std::string compare(std::string const& operation, boost::json::object const& response, std::string const& content_type,
                        boost::json::value const& body);

    routing::Router router_;
    boost::json::object document_;
    std::map<std::string, boost::json::object> operations_;
    std::map<std::string, std::shared_ptr<plugins::JsonSchema const>> compiled_;  // by the text of the schema
    std::set<std::string> seen_;
};

}  // namespace partnerd::api

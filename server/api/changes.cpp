#include "api/changes.hpp"

namespace partnerd::api {

std::string changes_json(std::vector<Change> const& changes, bool applied) {
    std::string out;
    routing::JsonWriter json(out);
    json.begin_object().key("changes").begin_array();
    for (auto const& change : changes) {
        json.begin_object().member("noun", change.noun).member("handle", change.handle).member("change", change.change);
        change.difference.write(json);
        json.end_object();
    }
    json.end_array().member("applied", applied).end_object();
    return out;
}

}  // namespace partnerd::api

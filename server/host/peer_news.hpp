// What servers on one database tell each other (storage::tell_peers), and what this one does when it hears it:
//   "program <id>"                      a program, or what clicks know of it; 0: any     told by programs::ChangeFeed
//   "key <id>"                          an API key was made or revoked                   told by auth
//   "cache\n<plugin>\n<cache>\n<key>"   a plugin's cache; without "\n<key>" all of it    told by plugins
#pragma once

#include <string_view>

#include "auth/key_ring.hpp"
#include "plugins/loader.hpp"
#include "programs/directory.hpp"
#include "tracking/click_targets.hpp"

namespace partnerd::host {

// [one thread] Everything named outlives it.
class PeerNews {
  public:
    struct Parts {
        storage::Storage& storage;
        auth::KeyRing& keys;
        programs::Directory& directory;
        tracking::ClickTargets& targets;
        plugins::Loader const& loader;
    };
    explicit PeerNews(Parts parts) : parts_(parts) {}

    void hear(std::string_view text);  // what nobody knows may be of a newer server, and forgets everything
    void forget_all();                 // and reads anew what is not read again by itself

  private:
    void forget_clicks();
    void hear_cache(std::string_view text);

    Parts const parts_;
};

}  // namespace partnerd::host

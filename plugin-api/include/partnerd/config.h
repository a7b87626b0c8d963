/* partnerd/config.h - what the operator wrote for this plugin, and for this plugin in one program. Both were checked against the schemas
 * of the descriptor before the plugin sees them. */
#ifndef PARTNERD_CONFIG_H
#define PARTNERD_CONFIG_H

#include <partnerd/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PARTNERD_SVC_CONFIG "partnerd.config/1"

typedef struct partnerd_config_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any] The instance's configuration as a JSON object, "{}" when there is none; secrets are resolved. Lives until stop() returns. */
  partnerd_str (*json)(partnerd_host *host) PARTNERD_NX;
  /* [read] [write] The plugin's configuration in a program as a JSON object, and its version, which grows with each change: a plugin may
   * keep what it parsed by (program, version). *json lasts until the handler returns; version may be NULL.
   * PARTNERD_E_NOTFOUND: the program does not exist or does not enable the plugin. */
  partnerd_status (*program_json)(partnerd_tx *tx, partnerd_id program, partnerd_str *json, int64_t *version,
      partnerd_error *error) PARTNERD_NX;
} partnerd_config_api;
#define PARTNERD_CONFIG_SIZE_1_0 PARTNERD_SIZE_TO(partnerd_config_api, program_json)

#ifdef __cplusplus
}
#endif
#endif

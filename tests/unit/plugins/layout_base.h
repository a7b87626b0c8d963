/* Base types, the descriptor and the services up to core. Included by layout.h. */
#ifndef PARTNERD_TEST_LAYOUT_BASE_H
#define PARTNERD_TEST_LAYOUT_BASE_H

SIZE_IS(partnerd_str, 16);
MEMBER_AT(partnerd_str, ptr, 0);
MEMBER_AT(partnerd_str, len, 8);

SIZE_IS(partnerd_buf, 24);
MEMBER_AT(partnerd_buf, ptr, 0);
MEMBER_AT(partnerd_buf, cap, 8);
MEMBER_AT(partnerd_buf, len, 16);

SIZE_IS(partnerd_money, 24);
MEMBER_AT(partnerd_money, minor, 0);
MEMBER_AT(partnerd_money, unit, 8);
MEMBER_AT(partnerd_money, exponent, 20);

SIZE_IS(partnerd_error, 504);
MEMBER_AT(partnerd_error, struct_size, 0);
MEMBER_AT(partnerd_error, status, 4);
MEMBER_AT(partnerd_error, db_category, 8);
MEMBER_AT(partnerd_error, retry_after_ms, 12);
MEMBER_AT(partnerd_error, http_status, 16);
MEMBER_AT(partnerd_error, reserved, 20);
MEMBER_AT(partnerd_error, sqlstate, 24);
MEMBER_AT(partnerd_error, reason, 32);
MEMBER_AT(partnerd_error, field, 80);
MEMBER_AT(partnerd_error, message, 144);

SIZE_IS(partnerd_value, 32);
MEMBER_AT(partnerd_value, type, 0);
MEMBER_AT(partnerd_value, reserved, 4);
MEMBER_AT(partnerd_value, v, 8);

SIZE_IS(partnerd_kv, 32);
MEMBER_AT(partnerd_kv, key, 0);
MEMBER_AT(partnerd_kv, value, 16);

SIZE_IS(partnerd_host_api, 40);
MEMBER_AT(partnerd_host_api, struct_size, 0);
MEMBER_AT(partnerd_host_api, abi_major, 4);
MEMBER_AT(partnerd_host_api, abi_minor, 8);
MEMBER_AT(partnerd_host_api, reserved, 12);
MEMBER_AT(partnerd_host_api, name, 16);
MEMBER_AT(partnerd_host_api, version, 24);
MEMBER_AT(partnerd_host_api, get_service, 32);

SIZE_IS(partnerd_migration, 32);
MEMBER_AT(partnerd_migration, struct_size, 0);
MEMBER_AT(partnerd_migration, version, 4);
MEMBER_AT(partnerd_migration, name, 8);
MEMBER_AT(partnerd_migration, sqlite, 16);
MEMBER_AT(partnerd_migration, postgresql, 24);

SIZE_IS(partnerd_need, 24);
MEMBER_AT(partnerd_need, struct_size, 0);
MEMBER_AT(partnerd_need, min_size, 4);
MEMBER_AT(partnerd_need, service, 8);
MEMBER_AT(partnerd_need, optional, 16);
MEMBER_AT(partnerd_need, reserved, 20);

SIZE_IS(partnerd_plugin, 216);
MEMBER_AT(partnerd_plugin, struct_size, 0);
MEMBER_AT(partnerd_plugin, abi_major, 4);
MEMBER_AT(partnerd_plugin, abi_minor, 8);
MEMBER_AT(partnerd_plugin, reserved, 12);
MEMBER_AT(partnerd_plugin, id, 16);
MEMBER_AT(partnerd_plugin, name, 24);
MEMBER_AT(partnerd_plugin, version, 32);
MEMBER_AT(partnerd_plugin, vendor, 40);
MEMBER_AT(partnerd_plugin, license, 48);
MEMBER_AT(partnerd_plugin, homepage, 56);
MEMBER_AT(partnerd_plugin, config_schema, 64);
MEMBER_AT(partnerd_plugin, program_schema, 72);
MEMBER_AT(partnerd_plugin, openapi, 80);
MEMBER_AT(partnerd_plugin, needs, 88);
MEMBER_AT(partnerd_plugin, n_needs, 96);
MEMBER_AT(partnerd_plugin, need_stride, 104);
MEMBER_AT(partnerd_plugin, migrations, 112);
MEMBER_AT(partnerd_plugin, n_migrations, 120);
MEMBER_AT(partnerd_plugin, migration_stride, 128);
MEMBER_AT(partnerd_plugin, create, 136);
MEMBER_AT(partnerd_plugin, start, 144);
MEMBER_AT(partnerd_plugin, stop, 152);
MEMBER_AT(partnerd_plugin, destroy, 160);
MEMBER_AT(partnerd_plugin, validate_program, 168);
MEMBER_AT(partnerd_plugin, on_program, 176);
MEMBER_AT(partnerd_plugin, export_person, 184);
MEMBER_AT(partnerd_plugin, erase_person, 192);
MEMBER_AT(partnerd_plugin, health, 200);
MEMBER_AT(partnerd_plugin, get_extension, 208);

SIZE_IS(partnerd_log_api, 24);
MEMBER_AT(partnerd_log_api, struct_size, 0);
MEMBER_AT(partnerd_log_api, reserved, 4);
MEMBER_AT(partnerd_log_api, min_level, 8);
MEMBER_AT(partnerd_log_api, write, 16);

SIZE_IS(partnerd_config_api, 24);
MEMBER_AT(partnerd_config_api, struct_size, 0);
MEMBER_AT(partnerd_config_api, reserved, 4);
MEMBER_AT(partnerd_config_api, json, 8);
MEMBER_AT(partnerd_config_api, program_json, 16);

SIZE_IS(partnerd_storage_api, 88);
MEMBER_AT(partnerd_storage_api, struct_size, 0);
MEMBER_AT(partnerd_storage_api, reserved, 4);
MEMBER_AT(partnerd_storage_api, dialect, 8);
MEMBER_AT(partnerd_storage_api, transact, 16);
MEMBER_AT(partnerd_storage_api, lock, 24);
MEMBER_AT(partnerd_storage_api, prepare, 32);
MEMBER_AT(partnerd_storage_api, bind, 40);
MEMBER_AT(partnerd_storage_api, step, 48);
MEMBER_AT(partnerd_storage_api, column, 56);
MEMBER_AT(partnerd_storage_api, affected, 64);
MEMBER_AT(partnerd_storage_api, reset, 72);
MEMBER_AT(partnerd_storage_api, release, 80);

SIZE_IS(partnerd_cache, 40);
MEMBER_AT(partnerd_cache, struct_size, 0);
MEMBER_AT(partnerd_cache, reserved, 4);
MEMBER_AT(partnerd_cache, name, 8);
MEMBER_AT(partnerd_cache, max_entries, 16);
MEMBER_AT(partnerd_cache, load, 24);
MEMBER_AT(partnerd_cache, user, 32);

SIZE_IS(partnerd_cache_api, 32);
MEMBER_AT(partnerd_cache_api, struct_size, 0);
MEMBER_AT(partnerd_cache_api, reserved, 4);
MEMBER_AT(partnerd_cache_api, define, 8);
MEMBER_AT(partnerd_cache_api, get, 16);
MEMBER_AT(partnerd_cache_api, invalidate, 24);

SIZE_IS(partnerd_core_api, 80);
MEMBER_AT(partnerd_core_api, struct_size, 0);
MEMBER_AT(partnerd_core_api, reserved, 4);
MEMBER_AT(partnerd_core_api, mint, 8);
MEMBER_AT(partnerd_core_api, format_id, 16);
MEMBER_AT(partnerd_core_api, parse_id, 24);
MEMBER_AT(partnerd_core_api, now_us, 32);
MEMBER_AT(partnerd_core_api, find, 40);
MEMBER_AT(partnerd_core_api, field, 48);
MEMBER_AT(partnerd_core_api, make_link, 56);
MEMBER_AT(partnerd_core_api, day_of, 64);
MEMBER_AT(partnerd_core_api, parse_instant, 72);

#endif

/* SPDX-License-Identifier: MIT */
/* The screen by mode-setting ioctls: connector, mode, planes, properties, atomic commits. */
#include "kms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct screen screen;

#define MAX_IDS    64u
#define MAX_VALUES 128u

int call(unsigned long request, void *argument)
{
	int rc;

	do {
		rc = ioctl(screen.fd, request, argument);
	} while (rc && (errno == EINTR || errno == EAGAIN));
	return rc ? -errno : 0;
}

void must(unsigned long request, void *argument, const char *what)
{
	int rc = call(request, argument);

	if (rc) {
		fprintf(stderr, "kms-judge: %s: %s\n", what, strerror(-rc));
		exit(1);
	}
}

/* --- properties ------------------------------------------------------------------------------- */

struct properties {
	uint32_t id[MAX_IDS];
	uint64_t value[MAX_IDS];
	uint32_t nr;
};

static void get_properties(uint32_t object, uint32_t type, struct properties *p)
{
	struct drm_mode_obj_get_properties get = {
	    .props_ptr = (uintptr_t)p->id,
	    .prop_values_ptr = (uintptr_t)p->value,
	    .count_props = MAX_IDS,
	    .obj_id = object,
	    .obj_type = type,
	};

	must(DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get, "properties");
	p->nr = get.count_props < MAX_IDS ? get.count_props : MAX_IDS;
}

/* Number of a property by its name, 0 if there is none; *value is what it is now. */
static uint32_t find_property(uint32_t object, uint32_t type, const char *name, uint64_t *value)
{
	struct properties p;

	get_properties(object, type, &p);
	for (uint32_t i = 0; i < p.nr; i++) {
		struct drm_mode_get_property get = {.prop_id = p.id[i]};

		must(DRM_IOCTL_MODE_GETPROPERTY, &get, "property");
		if (!strcmp(get.name, name)) {
			*value = p.value[i];
			return p.id[i];
		}
	}
	return 0;
}

bool has_property(uint32_t object, uint32_t type, const char *property)
{
	uint64_t value;

	return find_property(object, type, property, &value);
}

uint64_t enum_value(uint32_t object, uint32_t type, const char *property, const char *word)
{
	struct drm_mode_property_enum list[MAX_IDS];
	uint64_t values[MAX_IDS], value;
	struct drm_mode_get_property get = {
	    .values_ptr = (uintptr_t)values,
	    .enum_blob_ptr = (uintptr_t)list,
	    .count_values = MAX_IDS,
	    .count_enum_blobs = MAX_IDS,
	};

	get.prop_id = find_property(object, type, property, &value);
	if (!get.prop_id || call(DRM_IOCTL_MODE_GETPROPERTY, &get)) {
		return UINT64_MAX;
	}
	for (uint32_t i = 0; i < get.count_enum_blobs && i < MAX_IDS; i++) {
		if (!strcmp(list[i].name, word)) {
			return list[i].value;
		}
	}
	return UINT64_MAX;
}

uint32_t blob_new(const void *data, uint32_t size_B)
{
	struct drm_mode_create_blob blob = {.data = (uintptr_t)data, .length = size_B};

	must(DRM_IOCTL_MODE_CREATEPROPBLOB, &blob, "blob");
	return blob.blob_id;
}

/* --- states ----------------------------------------------------------------------------------- */

static struct {
	uint32_t object[MAX_VALUES], nr_of[MAX_VALUES], nr_objects;
	uint32_t property[MAX_VALUES], nr;
	uint64_t value[MAX_VALUES];
} state;

void state_begin(void)
{
	memset(&state, 0, sizeof(state));
}

/* Properties of one object must follow each other: those of one seen before go to its others. */
void state_set(uint32_t object, uint32_t type, const char *property, uint64_t value)
{
	uint64_t now;
	uint32_t id = find_property(object, type, property, &now), at = 0, o;

	if (!id || state.nr == MAX_VALUES) {
		fprintf(stderr, "kms-judge: no property %s\n", property);
		exit(1);
	}
	for (o = 0; o < state.nr_objects && state.object[o] != object; o++) {
		at += state.nr_of[o];
	}
	if (o == state.nr_objects) {
		state.object[state.nr_objects++] = object;
	}
	for (uint32_t i = at; i < at + state.nr_of[o]; i++) {
		if (state.property[i] == id) {
			state.value[i] = value;
			return;
		}
	}
	at += state.nr_of[o]++;
	memmove(state.property + at + 1, state.property + at, (state.nr - at) * 4);
	memmove(state.value + at + 1, state.value + at, (state.nr - at) * 8);
	state.property[at] = id;
	state.value[at] = value;
	state.nr++;
}

int state_commit(void)
{
	struct drm_mode_atomic atomic = {
	    .flags = DRM_MODE_ATOMIC_ALLOW_MODESET,
	    .count_objs = state.nr_objects,
	    .objs_ptr = (uintptr_t)state.object,
	    .count_props_ptr = (uintptr_t)state.nr_of,
	    .props_ptr = (uintptr_t)state.property,
	    .prop_values_ptr = (uintptr_t)state.value,
	};

	return call(DRM_IOCTL_MODE_ATOMIC, &atomic);
}

/* --- planes ----------------------------------------------------------------------------------- */

static void read_formats(struct plane *p)
{
	static uint8_t data[16384];
	struct drm_mode_get_blob blob = {0};
	const struct drm_format_modifier_blob *head = (const void *)data;
	uint64_t value = 0;

	if (!find_property(p->id, DRM_MODE_OBJECT_PLANE, "IN_FORMATS", &value) || !value) {
		return;
	}
	blob.blob_id = (uint32_t)value;
	/* nothing is copied unless the length is right */
	must(DRM_IOCTL_MODE_GETPROPBLOB, &blob, "IN_FORMATS");
	if (blob.length > sizeof(data)) {
		return;
	}
	blob.data = (uintptr_t)data;
	must(DRM_IOCTL_MODE_GETPROPBLOB, &blob, "IN_FORMATS");
	for (uint32_t m = 0; m < head->count_modifiers; m++) {
		const struct drm_format_modifier *mod =
		    (const void *)(data + head->modifiers_offset);

		mod += m;
		for (unsigned bit = 0; bit < 64; bit++) {
			const uint32_t *formats = (const void *)(data + head->formats_offset);

			if ((mod->formats >> bit & 1) && p->nr_formats < MAX_FORMATS * 6) {
				p->format[p->nr_formats].fourcc = formats[mod->offset + bit];
				p->format[p->nr_formats++].modifier = mod->modifier;
			}
		}
	}
}

static void add_plane(uint32_t id)
{
	static const char *const overlays[] = {"overlay1", "overlay2", "overlay3", "overlay4",
					       "overlay5", "overlay6", "overlay7", "overlay8"};
	struct drm_mode_get_plane get = {.plane_id = id};
	struct plane *p = &screen.plane[screen.nr_planes];
	unsigned nr_overlays = 0;
	uint64_t type = 0;

	must(DRM_IOCTL_MODE_GETPLANE, &get, "plane");
	if (!(get.possible_crtcs & 1u << screen.crtc_index) || screen.nr_planes == MAX_PLANES) {
		return;
	}
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		nr_overlays += screen.plane[i].type == OVERLAY;
	}
	find_property(id, DRM_MODE_OBJECT_PLANE, "type", &type);
	p->id = id;
	p->type = (enum plane_type)type;
	p->name = type == PRIMARY ? "primary" : type == CURSOR ? "cursor" : overlays[nr_overlays];
	read_formats(p);
	screen.nr_planes++;
}

struct plane *plane_find(const char *name)
{
	for (unsigned i = 0; i < screen.nr_planes; i++) {
		if (!strcmp(screen.plane[i].name, name)) {
			return &screen.plane[i];
		}
	}
	return NULL;
}

bool plane_has(const struct plane *p, uint32_t fourcc, uint64_t modifier)
{
	for (unsigned i = 0; p && i < p->nr_formats; i++) {
		if (p->format[i].fourcc == fourcc && p->format[i].modifier == modifier) {
			return true;
		}
	}
	return false;
}

/* --- the monitor ------------------------------------------------------------------------------ */

/* The smallest mode that has room for 640x480, to be quick. */
static bool pick_mode(const struct drm_mode_modeinfo *modes, uint32_t nr)
{
	uint32_t best_px = UINT32_MAX;

	for (uint32_t i = 0; i < nr; i++) {
		uint32_t px = (uint32_t)modes[i].hdisplay * modes[i].vdisplay;

		if (modes[i].hdisplay >= 640 && modes[i].vdisplay >= 480 && px < best_px &&
		    !(modes[i].flags & DRM_MODE_FLAG_INTERLACE)) {
			best_px = px;
			screen.mode = modes[i];
		}
	}
	screen.w = screen.mode.hdisplay;
	screen.h = screen.mode.vdisplay;
	return best_px != UINT32_MAX;
}

static bool try_connector(uint32_t id)
{
	static struct drm_mode_modeinfo modes[128];
	uint32_t encoders[8], props[MAX_IDS];
	uint64_t values[MAX_IDS];
	struct drm_mode_get_connector get = {.connector_id = id};

	must(DRM_IOCTL_MODE_GETCONNECTOR, &get, "probe");
	get = (struct drm_mode_get_connector){
	    .connector_id = id,
	    .modes_ptr = (uintptr_t)modes,
	    .count_modes = 128,
	    .encoders_ptr = (uintptr_t)encoders,
	    .count_encoders = 8,
	    .props_ptr = (uintptr_t)props,
	    .prop_values_ptr = (uintptr_t)values,
	    .count_props = MAX_IDS,
	};
	must(DRM_IOCTL_MODE_GETCONNECTOR, &get, "connector");
	screen.connector = id;
	return get.connection == 1 &&
	       pick_mode(modes, get.count_modes < 128 ? get.count_modes : 128);
}

static void find_monitor(void)
{
	uint32_t crtcs[16], connectors[32], encoders[32], fbs[64];
	struct drm_mode_card_res res = {
	    .crtc_id_ptr = (uintptr_t)crtcs,
	    .count_crtcs = 16,
	    .connector_id_ptr = (uintptr_t)connectors,
	    .count_connectors = 32,
	    .encoder_id_ptr = (uintptr_t)encoders,
	    .count_encoders = 32,
	    .fb_id_ptr = (uintptr_t)fbs,
	    .count_fbs = 64,
	};

	must(DRM_IOCTL_MODE_GETRESOURCES, &res, "resources");
	screen.crtc = crtcs[0];
	for (uint32_t i = 0; i < res.count_connectors && i < 32; i++) {
		if (try_connector(connectors[i])) {
			return;
		}
	}
	fprintf(stderr, "kms-judge: no monitor\n");
	exit(1);
}

void screen_open(const char *path)
{
	static const uint64_t caps[] = {DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC};
	uint32_t ids[32];
	struct drm_mode_get_plane_res res = {.plane_id_ptr = (uintptr_t)ids, .count_planes = 32};

	screen.fd = open(path, O_RDWR | O_CLOEXEC);
	if (screen.fd < 0) {
		perror(path);
		exit(1);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct drm_set_client_cap cap = {caps[i], 1};

		must(DRM_IOCTL_SET_CLIENT_CAP, &cap, "client cap");
	}
	find_monitor();
	must(DRM_IOCTL_MODE_GETPLANERESOURCES, &res, "planes");
	for (uint32_t i = 0; i < res.count_planes && i < 32; i++) {
		add_plane(ids[i]);
	}
	reference = pixels_new(screen.w, screen.h);
}

# plaint: `make demo` shows it, `make check` tests it, `make help` says the rest.
# A layer is a folder and one static archive; a program or a test links its own layer and those
# below it, nothing else (docs/architecture.md).

O ?= $(if $(SAN),build-san,build)
CC = gcc
CLANG = clang
prefix ?= /usr/local
libexecdir ?= $(prefix)/libexec/plaint
JOBS ?= 2

# Packages: the one list (packages.txt); MAKE never names a package itself.
packages = $(shell sed -n 's/^\([a-z0-9.+-]*\)  *\($(1)\) .*/\1/p' packages.txt)

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
  -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wconversion \
  -Wno-sign-conversion -Wimplicit-fallthrough -Werror
OPT = -O2
SANFLAGS = $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DPLAINT_SAN)
comma := ,
DEFS = -D_GNU_SOURCE -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74 \
  -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74
HARDEN = $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE

# layer: sources, libraries (pkg-config), layers below
pkgs_base   = gio-2.0 gio-unix-2.0 jansson libsodium
pkgs_parse  = gmime-3.0 libpsl zlib
# Loaded by xml.c and gsf_library.c when a mail needs them, so only their headers are wanted here.
headers_parse = libxml-2.0 libgsf-1 libytnef
pkgs_store  = sqlite3 libzstd
pkgs_intake =
# Only what is run when building (filter) links it.
pkgs_filter = libseccomp
pkgs_delist = libcares
# ns_initparse() of the C library.
flags_delist = -lresolv
# Composing only: nobody's mail is read here.
pkgs_notify = gmime-3.0
pkgs_cli    =
# libcsv comes without a file for pkg-config.
flags_cli   = -lcsv
dir_base = base
dir_parse = ingest/parse
dir_store = store
dir_intake = ingest/intake
dir_delist = delist
dir_notify = notify
dir_cli = cli
below_base =
below_parse = base
# The store sees the data headers of ingest/parse (complaint.h): its tests link that archive, but not
# its libraries, so code that reads mail cannot slip in.
below_store = parse base
nolibs_store = parse
below_intake = store parse base
below_delist = store parse base
nolibs_delist = parse
below_notify = store parse base
nolibs_notify = parse
below_cli = intake notify delist store parse base
LAYERS = base parse store intake delist notify cli

ALL_PKGS = $(foreach l,$(LAYERS) filter,$(pkgs_$l) $(headers_$l))
PKG_CFLAGS := $(shell pkg-config --cflags $(ALL_PKGS) 2>/dev/null | sed 's/-I\//-isystem \//g')
CFLAGS = -std=c17 -g $(OPT) -I. -I$(O)/gen $(DEFS) $(WARN) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS)
LDFLAGS = -pie -Wl,-z,relro -Wl,--as-needed $(SANFLAGS)

archives = $(foreach l,$(1),$(O)/libplaint-$l.a)
libs_of = $(foreach l,$(1),$(flags_$l)) $(shell pkg-config --libs $(foreach l,$(1),$(pkgs_$l)) 2>/dev/null)
objects_of = $(patsubst %.c,$(O)/obj/%.o,$(filter-out %main.c,$(wildcard $(dir_$1)/*.c)))

.PHONY: all check check-fast bench fuzz demo install uninstall packages format lint clean help man printed \
  tests FORCE
.SECONDARY:
.DELETE_ON_ERROR:

PROGRAMS = plaint plaint-ingest plaint-intake plaint-parse plaint-watch
all: $(PROGRAMS:%=$(O)/%) printed

help:
	@echo 'make            build the programs into build/'
	@echo 'make packages   install what is missing (apt)'
	@echo 'make demo       build, ingest a sample abuse mailbox, print its tickets and a report'
	@echo 'make check      every test; SAN=1 with ASan and UBSan'
	@echo 'make bench      figures, as ratios against peers in the same run'
	@echo 'make fuzz       libFuzzer targets, SECONDS=60 each'
	@echo 'make install    DESTDIR= prefix=/usr/local; make uninstall takes it away'
	@echo 'make format     clang-format over the sources'

# -- layers ---------------------------------------------------------------------------------------
define layer
$(O)/libplaint-$(1).a: $$(call objects_of,$(1)) $$(extra_$(1))
	@rm -f $$@ && ar rcs $$@ $$^
endef
extra_store = $(O)/obj/gen/sql_resource.o $(O)/obj/gen/store_resource.o
extra_notify = $(O)/obj/gen/notify_resource.o
$(foreach l,$(LAYERS),$(eval $(call layer,$l)))

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -MMD -MP -c $< -o $@
$(O)/obj/gen/%.o: $(O)/gen/%.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -Wno-error -w -MMD -MP -c $< -o $@

# Embedded files: sql/ (statements, migrations), what the store ships (the dictionary), the texts of
# letters and reports.
resource_sql := $(sort $(wildcard sql/*.sql sql/*/*.sql))
resource_store := $(sort $(wildcard store/*.dict))
resource_notify := $(sort $(wildcard notify/templates/*))
define resource
$(O)/gen/$(1).gresource.xml: $$(resource_$(1)) Makefile
	@mkdir -p $$(@D)
	@{ echo '<gresources><gresource prefix="/plaint">'; for f in $$(resource_$(1)); do echo "<file>$$$$f</file>"; done; echo '</gresource></gresources>'; } > $$@
$(O)/gen/$(1)_resource.c: $(O)/gen/$(1).gresource.xml
	@glib-compile-resources --generate-source --internal --c-name plaint_$(1) --sourcedir=. --target=$$@ $$<
endef
$(foreach r,sql store notify,$(eval $(call resource,$(r))))

# The sandbox's system call filter, written by libseccomp.
$(O)/gen/filter: $(O)/obj/ingest/filter_main.o
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,filter)
$(O)/gen/ingest/intake/sandbox_filter.h: $(O)/gen/filter
	@mkdir -p $(@D)
	@$< > $@
$(O)/obj/ingest/intake/sandbox.o: $(O)/gen/ingest/intake/sandbox_filter.h

# -- programs -------------------------------------------------------------------------------------
$(O)/plaint: $(O)/obj/cli/main.o $(call archives,cli intake notify delist store parse base)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,cli intake notify delist store parse base)
$(O)/plaint-watch: $(O)/obj/delist/watch_main.o $(call archives,cli intake notify delist store parse base)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,cli intake notify delist store parse base)
$(O)/plaint-intake: $(O)/obj/ingest/intake_main.o $(call archives,intake store parse base)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,intake store parse base)
# What the MTA starts: static and without libraries, so that nothing that goes wrong with
# plaint-intake (memory, libraries, signals) can become an exit status that bounces a complaint.
$(O)/plaint-ingest: ingest/ingest_main.c ingest/intake/caller.h Makefile
	@mkdir -p $(@D)
	@echo "  LD $@ (static)"
	@$(CC) -std=c17 -g $(OPT) -I. $(WARN) -D_GNU_SOURCE -fstack-protector-strong -fPIE -static-pie \
	  -Wl,-z,relro,-z,now -DPLAINT_KEEP_STDERR=$(if $(SAN),1,0) \
	  -DPLAINT_WORKER_DIRS='"$(libexecdir)"' $< -o $@
$(O)/plaint-parse: $(O)/obj/ingest/parse_main.o $(call archives,intake parse base)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,intake parse base)

# -- tests ----------------------------------------------------------------------------------------
# tests/LAYER/test_NAME.c links LAYER and below; tests/LAYER/t_NAME.{sh,py} are scripts in TAP.
TEST_SOURCES := $(sort $(foreach l,$(LAYERS),$(wildcard tests/$l/test_*.c)))
TEST_PROGRAMS = $(TEST_SOURCES:%.c=$(O)/%)
TEST_SCRIPTS := $(sort $(wildcard tests/*/t_*.sh tests/*/t_*.py tests/t_*.sh))
define layer_tests
$(O)/tests/$(1)/test_%: $(O)/obj/tests/$(1)/test_%.o $(call archives,$(1) $(below_$(1)))
	@echo "  LD $$@"
	@$$(CC) $$(LDFLAGS) $$^ -o $$@ $$(call libs_of,$(1) $(filter-out $(nolibs_$(1)),$(below_$(1))))
endef
$(foreach l,$(LAYERS),$(eval $(call layer_tests,$l)))
$(TEST_PROGRAMS): | $(sort $(dir $(TEST_PROGRAMS)))
$(sort $(dir $(TEST_PROGRAMS))):
	@mkdir -p $@

# -- fuzzing --------------------------------------------------------------------------------------
# tests/fuzz/fuzz_NAME.c is a libFuzzer target over ingest/parse; tests/fuzz/corpus/NAME/ feeds it.
# `make check` replays the corpus with gcc; `make fuzz` fuzzes, with clang and sanitizers.
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAYS = $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=$(O)/tests/fuzz/replay_%)
$(O)/tests/fuzz/replay_%: $(O)/obj/tests/fuzz/fuzz_%.o $(O)/obj/tests/fuzz/replay.o $(call archives,parse base)
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) $^ -o $@ $(call libs_of,parse base)
SECONDS = 60
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_OBJECTS = $(patsubst %.c,build-fuzz/obj/%.o,$(filter-out %main.c,$(wildcard base/*.c ingest/parse/*.c)))
build-fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CLANG $<"
	@$(CLANG) -std=c17 -I. $(DEFS) -DPLAINT_SAN $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link $(PKG_CFLAGS) -MMD -MP -c $< -o $@
build-fuzz/fuzz_%: build-fuzz/obj/tests/fuzz/fuzz_%.o $(FUZZ_OBJECTS)
	@echo "  LD $@"
	@$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer $^ -o $@ $(call libs_of,parse base)
# What is found anew stays in build-fuzz/corpus; a crash is written to build-fuzz/.
fuzz: $(FUZZ_SOURCES:tests/fuzz/%.c=build-fuzz/%)
	@for f in $(FUZZ_SOURCES:tests/fuzz/fuzz_%.c=%); do \
	  mkdir -p build-fuzz/corpus/$$f; echo "fuzz $$f"; \
	  build-fuzz/fuzz_$$f -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
	    -print_final_stats=1 -verbosity=0 -artifact_prefix=build-fuzz/ \
	    build-fuzz/corpus/$$f tests/fuzz/corpus/$$f tests/fixtures/parse || exit 1; done

TEST_ENV = PLAINT_BUILD=$(abspath $(O)) PLAINT_SAN=$(SAN) G_SLICE=always-malloc
tests: all $(TEST_PROGRAMS) $(REPLAYS)
check: tests
	@$(TEST_ENV) prove -j$(JOBS) --timer -e '' $(TEST_PROGRAMS) $(REPLAYS) $(TEST_SCRIPTS)
# The quick part: unit tests only.
check-fast: tests
	@$(TEST_ENV) prove -j$(JOBS) -e '' $(TEST_PROGRAMS)

# -- demo, packages, manual, installation ----------------------------------------------------------
packages:
	@sh contrib/packages.sh build

# A make of its own after the packages: what pkg-config says was read before they were there.
demo: packages
	@$(MAKE) --no-print-directory -s -j$(JOBS) O=$(O) all
	@sh contrib/demo/run.sh $(abspath $(O))

# What plaint prints about itself; part of `all`, so that nothing is left to build as root.
MAN_PAGES = $(O)/man/plaint.1 $(O)/man/plaint-ingest.1 $(O)/man/plaint-parse.1 $(O)/man/plaint-watch.1 \
  $(O)/man/plaint.conf.5
EXAMPLE = $(O)/doc/plaint.conf
COMPLETION = $(O)/completion/plaint
printed: man $(EXAMPLE) $(COMPLETION)
man: $(MAN_PAGES)
$(MAN_PAGES): print = help --man $(basename $(@F))
$(EXAMPLE): print = config example
$(COMPLETION): print = help --completion
$(MAN_PAGES) $(EXAMPLE) $(COMPLETION): $(O)/plaint
	@mkdir -p $(@D)
	@$(O)/plaint $(print) > $@

# plaint-ingest knows where its worker will be: another prefix builds it again.
$(O)/plaint-ingest: $(O)/gen/libexecdir
$(O)/gen/libexecdir: FORCE
	@mkdir -p $(@D)
	@echo '$(libexecdir)' | cmp -s - $@ || echo '$(libexecdir)' > $@
FORCE:

# What goes where; install and uninstall read it.
share = $(prefix)/share
to_bin = $(prefix)/bin
to_libexec = $(libexecdir)
to_man1 = $(share)/man/man1
to_man5 = $(share)/man/man5
to_completion = $(share)/bash-completion/completions
to_doc = $(share)/doc/plaint
to_docs = $(to_doc)/docs
to_postfix = $(to_doc)/contrib/postfix
to_exim = $(to_doc)/contrib/exim
to_systemd = $(to_doc)/contrib/systemd
files_bin = $(O)/plaint $(O)/plaint-ingest $(O)/plaint-parse $(O)/plaint-watch
files_libexec = $(O)/plaint-intake contrib/postfix-log-query contrib/hooks/postfix-lock-account
files_man1 = $(filter %.1,$(MAN_PAGES))
files_man5 = $(filter %.5,$(MAN_PAGES))
files_completion = $(COMPLETION)
files_doc = README.md HACKING.md CHANGELOG.md packages.txt $(EXAMPLE)
files_docs = $(wildcard docs/*.md)
files_postfix = $(wildcard contrib/postfix/*)
files_exim = $(wildcard contrib/exim/*)
files_systemd = $(wildcard contrib/systemd/*)
PLACES = bin libexec man1 man5 completion doc docs postfix exim systemd
there = $(DESTDIR)$(to_$(1))/

# A file is replaced in one step: a mail may come while we install. A plaint-ingest that somebody made
# setgid stays it, or every delivery by an alias would wait from here on.
define put
@[ -d $(there) ] || install -d $(there)
@for f in $(files_$(1)); do old=$(there)$${f##*/}; new=$$old.new; \
  install -m $(if $(filter bin libexec,$(1)),755,644) $$f $$new && \
  if [ -g $$old ]; then chgrp --reference=$$old $$new && chmod --reference=$$old $$new; fi && \
  mv -f $$new $$old || exit 1; done

endef
install: all
	$(foreach p,$(PLACES),$(call put,$(p)))

# What is not ours, the configuration and the store, stays.
uninstall:
	@rm -f $(foreach p,$(PLACES),$(addprefix $(call there,$(p)),$(notdir $(files_$(p)))))
	@for d in $(to_postfix) $(to_exim) $(to_systemd) $(to_doc)/contrib $(to_docs) $(to_doc) $(libexecdir); do \
	  if [ -d $(DESTDIR)$$d ]; then rmdir --ignore-fail-on-non-empty $(DESTDIR)$$d; fi; done

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	@rm -rf build build-san build-fuzz

-include $(shell find $(O)/obj build-fuzz/obj -name '*.d' 2>/dev/null)

# -- bench ----------------------------------------------------------------------------------------
# Ratios against peers, interleaved in one run: `make bench`, or BENCH=parse|hops|write|bulk|lda|customers|report|lookups.
# tests/bench/run.py says what each figure is; the programs are built with the same OPT (-O2).
bench_layers_gen   =
bench_layers_run   =
bench_layers_walk  =
bench_layers_lda   =
bench_layers_parse = parse base
bench_layers_hops  = parse base
bench_layers_write = intake store parse base
bench_layers_customers = store parse base
bench_layers_report = store parse base
bench_layers_dns =
bench_layers_lookup = delist store parse base
bench_objects_gen   = gen gen_text gen_scene
bench_objects_run   = bench_run mails
bench_objects_walk  = bench_walk walk mails
bench_objects_lda   = bench_lda walk
bench_objects_parse = bench_parse mails
bench_objects_hops  = bench_hops mails
bench_objects_write = bench_write mails
bench_objects_customers = bench_customers
bench_objects_report = bench_report
bench_objects_dns = bench_dns
bench_objects_lookup = bench_lookup
bench_libs_gen   = $(shell pkg-config --libs glib-2.0)
bench_libs_run   = $(bench_libs_gen)
bench_libs_walk  = $(shell pkg-config --libs gmime-3.0)
bench_libs_lda   = $(shell pkg-config --libs gmime-3.0 sqlite3)
bench_libs_parse = $(call libs_of,parse base)
bench_libs_hops  = $(bench_libs_parse)
bench_libs_write = $(call libs_of,intake store parse base)
bench_libs_customers = $(call libs_of,store base)
bench_libs_report = $(bench_libs_customers)
BENCH_NAMES = gen run walk lda parse hops write customers report dns lookup
bench_libs_dns = $(shell pkg-config --libs libcares)
bench_libs_lookup = $(call libs_of,delist store base)
define bench_program
$(O)/bench/$(1): $(foreach o,$(bench_objects_$(1)),$(O)/obj/tests/bench/$o.o) $(call archives,$(bench_layers_$(1)))
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@$$(CC) $$(LDFLAGS) $$^ -o $$@ $$(bench_libs_$(1))
endef
$(foreach n,$(BENCH_NAMES),$(eval $(call bench_program,$n)))
bench: $(BENCH_NAMES:%=$(O)/bench/%) $(O)/plaint $(O)/plaint-ingest $(O)/plaint-intake
	@python3 tests/bench/run.py $(abspath $(O)) $(BENCH)

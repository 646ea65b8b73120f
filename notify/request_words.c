/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Causes and proofs as one tells them to the operator of a list. */
#include "notify/request.h"

/* clang-format off */
const char *const request_languages[] = {"en", "fr", NULL};

const CauseWords request_causes[N_REQUEST_LANGUAGES][N_CAUSES] = {
[REQUEST_EN] = {
    [CAUSE_OPEN_RELAY] = {
        "This server relayed mail from strangers to strangers without a login.",
        "The relay is closed: it serves nobody but our own users."},
    [CAUSE_COMPROMISED_ACCOUNT] = {
        "Somebody logged in to a mailbox with a stolen password and sent spam through it.",
        "The account is secured: the stolen password no longer works."},
    [CAUSE_LOCAL_SCRIPT] = {
        "A script on one of our servers was abused to send spam.",
        "The script is out of service."},
    [CAUSE_CUSTOMER_HOST] = {
        "A machine in our customers' network sent spam by itself, past our mail servers.",
        "The machine sends no more spam: it was repaired or disconnected."},
    [CAUSE_CUSTOMER_BULK] = {
        "A customer sent bulk mail to people who did not want it.",
        "The mailing is stopped."},
    [CAUSE_FORWARDING] = {
        "Mail for a mailbox here is forwarded to another provider, and spam was forwarded with it.",
        "The forwarding is stopped, or lets no such spam through any more."},
    [CAUSE_MAILING_LIST] = {
        "A mailing list that we host passed spam on to its subscribers.",
        "The list passes no such mail on any more."},
    [CAUSE_SECONDARY_MX] = {
        "As the backup mail server of another domain, this server took spam in and passed it on.",
        "The backup server takes no such mail in any more."},
    [CAUSE_BACKSCATTER] = {
        "This server sent bounces to people whose addresses had been forged as senders.",
        "The server sends no such bounces any more."},
    [CAUSE_OPEN_PROXY] = {
        "A proxy in our network was open to everybody, and spam was sent through it.",
        "The proxy is closed."},
    [CAUSE_MALICIOUS_CUSTOMER] = {
        "A customer sent spam on purpose.",
        "The customer can send no more mail from this address."},
    [CAUSE_FORGED] = {
        "We find no sign that the mail came from this address: its headers name us, but a stranger wrote them.",
        NULL},
    [CAUSE_NOT_OURS] = {
        "Nothing that passed our servers matches what was reported.",
        NULL},
    [CAUSE_UNKNOWN] = {
        "The cause is not known for certain; we would be glad to learn what you saw.",
        NULL},
},
[REQUEST_FR] = {
    [CAUSE_OPEN_RELAY] = {
        "Ce serveur relayait, sans authentification, le courrier d'inconnus vers d'autres inconnus.",
        "Le relais est fermé\u00a0: il ne sert plus que nos propres utilisateurs."},
    [CAUSE_COMPROMISED_ACCOUNT] = {
        "Un tiers s'est connecté à une boîte aux lettres avec un mot de passe volé et s'en est servi pour envoyer "
        "du spam.",
        "Le compte est sécurisé\u00a0: le mot de passe volé ne fonctionne plus."},
    [CAUSE_LOCAL_SCRIPT] = {
        "Un script sur l'un de nos serveurs a été détourné pour envoyer du spam.",
        "Le script est hors service."},
    [CAUSE_CUSTOMER_HOST] = {
        "Une machine du réseau de nos clients a envoyé du spam directement, sans passer par nos serveurs de courrier.",
        "La machine n'envoie plus de spam\u00a0: elle a été réparée ou déconnectée."},
    [CAUSE_CUSTOMER_BULK] = {
        "Un client a fait un envoi en nombre à des destinataires qui n'en voulaient pas.",
        "L'envoi est arrêté."},
    [CAUSE_FORWARDING] = {
        "Le courrier d'une boîte hébergée chez nous est réexpédié vers un autre opérateur\u00a0; du spam l'a été avec "
        "le reste.",
        "La réexpédition est arrêtée, ou ne laisse plus passer ce spam."},
    [CAUSE_MAILING_LIST] = {
        "Une liste de diffusion hébergée chez nous a distribué du spam à ses abonnés.",
        "La liste ne distribue plus de tels messages."},
    [CAUSE_SECONDARY_MX] = {
        "Ce serveur, MX de secours d'un autre domaine, a accepté du spam et l'a transmis.",
        "Le MX de secours n'accepte plus de tels messages."},
    [CAUSE_BACKSCATTER] = {
        "Ce serveur a envoyé des avis de non-remise à des personnes dont l'adresse d'expéditeur avait été usurpée.",
        "Le serveur n'envoie plus de tels avis."},
    [CAUSE_OPEN_PROXY] = {
        "Un proxy de notre réseau, ouvert à tous, a servi à envoyer du spam.",
        "Le proxy est fermé."},
    [CAUSE_MALICIOUS_CUSTOMER] = {
        "Un client a envoyé du spam délibérément.",
        "Ce client ne peut plus envoyer de courrier depuis cette adresse."},
    [CAUSE_FORGED] = {
        "Rien n'indique que ces messages viennent de cette adresse\u00a0: leurs en-têtes nous nomment, mais un tiers "
        "les a écrits.",
        NULL},
    [CAUSE_NOT_OURS] = {
        "Rien de ce qui est passé par nos serveurs ne correspond à ce qui a été signalé.",
        NULL},
    [CAUSE_UNKNOWN] = {
        "La cause n'est pas établie avec certitude\u00a0; ce que vous avez observé nous aiderait.",
        NULL},
},
};

const CauseWords request_intrusion[N_REQUEST_LANGUAGES] = {
    [REQUEST_EN] = {"A machine at this address attacked other hosts.",
                    "The machine attacks nobody any more: it was repaired or disconnected."},
    [REQUEST_FR] = {"Une machine à cette adresse a attaqué d'autres hôtes.",
                    "La machine n'attaque plus personne\u00a0: elle a été réparée ou déconnectée."},
};

const char *const request_proofs[N_REQUEST_LANGUAGES][N_PROOFS] = {
    [REQUEST_EN] = {
        [PROOF_RELAY_TEST]     = "Tested as an open relay on {}: it refuses.",
        [PROOF_ACCOUNT_LOCKED] = "The account was locked on {}.",
        [PROOF_QUIET_PERIOD]   = "Watched for a quiet period, which ended on {}.",
        [PROOF_STATEMENT]      = "The repair was confirmed on {}.",
    },
    [REQUEST_FR] = {
        [PROOF_RELAY_TEST]     = "Test de relais ouvert, le {}\u00a0: le serveur refuse.",
        [PROOF_ACCOUNT_LOCKED] = "Le compte a été verrouillé le {}.",
        [PROOF_QUIET_PERIOD]   = "Période d'observation sans incident, terminée le {}.",
        [PROOF_STATEMENT]      = "La réparation a été confirmée le {}.",
    },
};
/* clang-format on */

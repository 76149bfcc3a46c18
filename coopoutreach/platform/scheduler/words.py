"""What people are told of a job that fails: «Los recordatorios y avisos no se están enviando»."""

#: By name of the job; `schedule.py` says when each runs.
WORDS: dict[str, str] = {
    "messaging.deliver_due": "Los correos no se están entregando bien",
    "inbound.read_mailbox": "Las respuestas que llegan por correo no se están leyendo",
    "events.tell_announcements": (
        "Los recordatorios y los avisos de cambios no se están enviando a todas las personas"
    ),
    "events.close_past_events": (
        "Las charlas y reuniones que ya pasaron no se están dando por realizadas"
    ),
    "events.follow_entry_form": "Los calendarios no se están poniendo al día",
    "events.follow_tzdata": "Las horas no se están ajustando a los cambios de huso horario",
    "registrations.release_held_seats": "Los cupos reservados no se están liberando",
    "registrations.fill_free_seats": "Los cupos libres no se están ofreciendo a la lista de espera",
    "meetings.fill_horizons": "Las próximas reuniones de las series no se están preparando",
    "meetings.tell_agenda_news": "Los cambios de las tablas de reuniones no se están avisando",
    "minutes.typeset_approved": "Las actas aprobadas no se están convirtiendo en PDF",
    "minutes.publish_approved": "Las actas aprobadas no se están publicando",
    "minutes.follow_reviews": "Los recordatorios de actas en revisión no se están enviando",
    "meetings.send_digests": "Los resúmenes del día no se están enviando",
    "meetings.erase_documents_of_no_agenda": (
        "Los documentos de reuniones que ya no se usan no se están borrando"
    ),
    "limits.forget_old_attempts": "Los intentos antiguos no se están borrando",
    "accounts.forget_held_forms": "Los formularios sin enviar no se están borrando",
    "accounts.forget_ended_sessions": "Las sesiones terminadas no se están borrando",
    "minutes.erase_papers_of_no_minutes": (
        "Los archivos de actas que ya no se usan no se están borrando"
    ),
    "materials.erase_what_is_nobodys": "Los materiales que ya no se usan no se están borrando",
    "commitments.remind": "Los recordatorios de compromisos no se están enviando",
    "commitments.erase_what_is_nobodys": (
        "Los archivos de compromisos que ya no se usan no se están borrando"
    ),
    "feeds.expire_unused_addresses": "Las direcciones de calendario sin uso no se están retirando",
    "scheduler.forget_old_runs": "El registro antiguo de tareas no se está borrando",
    "scheduler.check_database": "La revisión de la base de datos no termina bien",
    "audit.verify_trail": "La revisión del registro de cambios no termina bien",
    "questions.erase_needs": "Las necesidades que las personas contaron no se están borrando",
    "privacy.alert_of_deadlines": "Los plazos de las solicitudes de datos no se están avisando",
    "privacy.keep_ledger": "El libro de personas borradas no se está guardando",
    "privacy.forget_last_answers": (
        "Las últimas respuestas a personas borradas no se están borrando"
    ),
    "privacy.purge_old_data": "Los datos que cumplieron su plazo no se están borrando",
    "privacy.clean_up_after_erasures": (
        "Lo borrado no se está quitando del archivo de la base de datos"
    ),
}
